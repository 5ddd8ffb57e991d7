"""English-German pairs from manuals in HTML, whose pages have the same structure in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree, html

from foundry.corpora.align import Segment
from foundry.corpora.archive import Archive
from foundry.corpora.markup import Dialect, block_text, blocks
from foundry.corpora.sentences import block_pairs, sentence_pairs
from foundry.corpus import Pair

_NAVIGATION = re.compile(
    r"\b(navheader|navfooter|toc|docnav|sphinxsidebar|related|nav_table|header|footer|breadcrumbs|languages|author|revhistory|"
    r"synopsis|index|contents|headerlink|shortcontents|table-of-contents|apidoc|lilypond|verbatim|example|programlisting|screen)\b")


def _is_skipped(element: etree._Element) -> bool:
    marks = f"{element.get('class') or ''} {element.get('role') or ''}"
    # LibreOffice writes a key's name once for each system and shows one of them.
    return bool(_NAVIGATION.search(marks)) or element.get("class") in ("MAC", "WIN", "UNIX")


HTML = Dialect(
    blocks=frozenset("html body div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tr td th caption pre blockquote section article "
                     "figure figcaption br hr center aside main nav header footer".split()),
    skipped=frozenset("head script style pre nav header footer noscript svg math img form button title meta".split()),
    is_skipped=_is_skipped,
)

# Packages whose German pages have an English twin, in the same package or beside it.
MANUALS = {
    "debdocs": ["debian-handbook", "installation-guide-amd64", "debian-reference-de", "debian-reference-en", "developers-reference-de",
                "developers-reference", "debian-faq-de", "debian-faq", "debmake-doc", "maint-guide-de", "maint-guide", "harden-doc",
                "live-manual-html", "debian-history", "debian-edu-doc-de", "debian-edu-doc-en", "mplayer-doc"],
    "gimphelp": ["gimp-help-de", "gimp-help-en"],
    "lilypond": ["lilypond-doc-html-de", "lilypond-doc-html"],
}
PAGES = r"usr/share/(doc|debian-reference|developers-reference|gimp|debian-edu-doc)/.*\.html(\.de|\.en)?(\.gz)?$"
_GERMAN = re.compile(r"(/|-)de/|/de-DE/|[._-]de\.html$|\.html\.de$")
# A manual's index, and the whole of it once more on one page.
_REPEATED = re.compile(r"-index\.|-big-page\.")


def english_candidates(path: str) -> list[str]:
    """Where the English twin of a German page may lie."""
    found = []
    for folder in ("/en/", "/en-US/", "/"):
        moved = re.sub(r"/(de|de-DE)/", folder, path)
        for package in ("-de/", "-en/", "/"):
            elsewhere = moved.replace("-de/", package)
            found += [re.sub(r"[._]de\.html$", suffix, elsewhere) for suffix in (".en.html", ".html")]
            found += [re.sub(r"\.html\.de$", ".html.en", elsewhere), re.sub(r"-de\.html$", "-en.html", elsewhere)]
    return [candidate for candidate in dict.fromkeys(found) if candidate != path]


def document(path: str) -> str:
    """Name of a page without its language: ``debian-reference/ch01.html``."""
    short = re.sub(r"/(de|de-DE)/|-de/", "/", re.sub(r"[._]de\.html$|\.html\.de$", ".html", path))
    short = re.sub(r"^usr/share/(doc/lilypond/html/Documentation|doc|gimp/2\.0/help)?/?", "", short)
    return short


def read_html(path: Path) -> list[Segment]:
    """Blocks of a page's body."""
    root = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
    return [] if root is None else blocks(root, HTML)


def extract_manuals(origin: str, archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields the pairs of each manual's package with German pages."""
    folders = dict(archive.unpack(MANUALS[origin], PAGES, origin))
    english = {str(path.relative_to(folder)): path for folder in folders.values() for path in folder.rglob("*.html*")}
    for package, folder in folders.items():
        german = [path for path in sorted(folder.rglob("*.html*"))
                  if _GERMAN.search(str(path.relative_to(folder))) and not _REPEATED.search(path.name)]
        pairs: list[Pair] = []
        alone = 0
        for path in german:
            name = str(path.relative_to(folder))
            twin = next((english[other] for other in english_candidates(name) if other in english), None)
            if twin is None:
                alone += 1
                continue
            found = block_pairs(read_html(twin), read_html(path))
            pairs += [Pair(left, right, f"{origin}:{document(name)}") for left, right in found]
        if german:
            yield package, pairs, f"{alone} pages without an English one" if alone else ""


OFFICE_HELP = r"usr/share/libreoffice/help/(de|en-US)/text/.*\.html$"


def extract_office_help(archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields the pairs of LibreOffice's help: paragraphs and headings that have the same id."""
    folders = dict(archive.unpack(["libreoffice-help-en-us", "libreoffice-help-de"], OFFICE_HELP, "lohelp"))
    if len(folders) < 2:
        return
    english = folders["libreoffice-help-en-us"] / "usr/share/libreoffice/help/en-US/text"
    german = folders["libreoffice-help-de"] / "usr/share/libreoffice/help/de/text"
    pairs: list[Pair] = []
    for path in sorted(german.rglob("*.html")):
        page = path.relative_to(german)
        if not (english / page).exists():
            continue
        left, right = _texts_by_id(english / page), _texts_by_id(path)
        for key, text in left.items():
            if key in right:
                pairs += [Pair(*found, f"lohelp:{page}") for found in sentence_pairs(text, right[key])]
    yield "libreoffice-help-de", pairs, ""


def _texts_by_id(path: Path) -> dict[str, str]:
    root = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
    area = root.get_element_by_id("DisplayArea", None) if root is not None else None
    texts: dict[str, str] = {}
    for element in area.iter("p", "h1", "h2", "h3", "h4", "h5", "h6") if area is not None else ():
        if element.get("id"):
            texts.setdefault(element.get("id"), block_text(element, HTML))
    return texts
