"""The classes of the flag model: countries by ISO 3166 code, flags that look alike merged, and "no flag"."""

from __future__ import annotations

NO_FLAG = "no flag"

# Flags that no picture tells apart share one class.
MERGED = {"td": "ro", "mc": "id"}

_NAMES = """
ad Andorra|ae United Arab Emirates|af Afghanistan|ag Antigua and Barbuda|al Albania|am Armenia|ao Angola|ar Argentina|at Austria
au Australia|az Azerbaijan|ba Bosnia and Herzegovina|bb Barbados|bd Bangladesh|be Belgium|bf Burkina Faso|bg Bulgaria|bh Bahrain
bi Burundi|bj Benin|bn Brunei|bo Bolivia|br Brazil|bs Bahamas|bt Bhutan|bw Botswana|by Belarus|bz Belize|ca Canada
cd Democratic Republic of the Congo|cf Central African Republic|cg Republic of the Congo|ch Switzerland|ci Ivory Coast
ck Cook Islands|cl Chile|cm Cameroon|cn China|co Colombia|cr Costa Rica|cu Cuba|cv Cape Verde|cy Cyprus|cz Czechia|de Germany
dj Djibouti|dk Denmark|dm Dominica|do Dominican Republic|dz Algeria|ec Ecuador|ee Estonia|eg Egypt|er Eritrea|es Spain
et Ethiopia|fi Finland|fj Fiji|fm Micronesia|fr France|ga Gabon|gb United Kingdom|gd Grenada|ge Georgia|gh Ghana|gm Gambia
gn Guinea|gq Equatorial Guinea|gr Greece|gt Guatemala|gw Guinea-Bissau|gy Guyana|hk Hong Kong|hn Honduras|hr Croatia|ht Haiti
hu Hungary|id Indonesia or Monaco|ie Ireland|il Israel|in India|iq Iraq|ir Iran|is Iceland|it Italy|jm Jamaica|jo Jordan|jp Japan
ke Kenya|kg Kyrgyzstan|kh Cambodia|ki Kiribati|km Comoros|kn Saint Kitts and Nevis|kp North Korea|kr South Korea|kw Kuwait
kz Kazakhstan|la Laos|lb Lebanon|lc Saint Lucia|li Liechtenstein|lk Sri Lanka|lr Liberia|ls Lesotho|lt Lithuania|lu Luxembourg
lv Latvia|ly Libya|ma Morocco|md Moldova|me Montenegro|mg Madagascar|mh Marshall Islands|mk North Macedonia|ml Mali|mm Myanmar
mn Mongolia|mr Mauritania|mt Malta|mu Mauritius|mv Maldives|mw Malawi|mx Mexico|my Malaysia|mz Mozambique|na Namibia|ne Niger
ng Nigeria|ni Nicaragua|nl Netherlands|no Norway|np Nepal|nr Nauru|nu Niue|nz New Zealand|om Oman|pa Panama|pe Peru
pg Papua New Guinea|ph Philippines|pk Pakistan|pl Poland|ps Palestine|pt Portugal|pw Palau|py Paraguay|qa Qatar
ro Romania or Chad|rs Serbia|ru Russia|rw Rwanda|sa Saudi Arabia|sb Solomon Islands|sc Seychelles|sd Sudan|se Sweden|sg Singapore
si Slovenia|sk Slovakia|sl Sierra Leone|sm San Marino|sn Senegal|so Somalia|sr Suriname|ss South Sudan|st Sao Tome and Principe
sv El Salvador|sy Syria|sz Eswatini|tg Togo|th Thailand|tj Tajikistan|tl Timor-Leste|tm Turkmenistan|tn Tunisia|to Tonga
tr Turkey|tt Trinidad and Tobago|tv Tuvalu|tw Taiwan|tz Tanzania|ua Ukraine|ug Uganda|us United States|uy Uruguay|uz Uzbekistan
va Vatican City|vc Saint Vincent and the Grenadines|ve Venezuela|vn Vietnam|vu Vanuatu|ws Samoa|xk Kosovo|ye Yemen
za South Africa|zm Zambia|zw Zimbabwe
"""

NAMES: dict[str, str] = dict(
    entry.split(" ", 1) for line in _NAMES.strip().splitlines() for entry in line.split("|")
)
CODES: list[str] = sorted(NAMES)


def labels() -> list[str]:
    """Label of each class by id: the countries by code, then "no flag"."""
    return [NAMES[code] for code in CODES] + [NO_FLAG]
