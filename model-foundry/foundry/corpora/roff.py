"""Reads man pages (man macros) as blocks of plain text; code, tables and drawing are left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from foundry.corpora.align import Segment

_GLYPHS = {
    "aq": "'", "dq": '"', "rs": "\\", "en": "–", "em": "—", "hy": "-", "bu": "", "co": "©", "at": "@", "ha": "^", "ti": "~",
    "lq": "“", "rq": "”", "oq": "‘", "cq": "’", "Bq": "„", "bq": "‚", "Fo": "«", "Fc": "»", "fo": "‹", "fc": "›", "ga": "`",
    "sl": "/", "mc": "µ", "+-": "±", "mu": "×", "de": "°", "la": "<", "ra": ">", "->": "→", "<-": "←", "ss": "ß", "sz": "ß",
    "ae": "æ", "AE": "Æ", "/o": "ø", "/O": "Ø", "oA": "Å", "oa": "å", "sc": "§", "pd": "∂", "Eu": "€", "eu": "€", "if": "∞",
    "is": "∫", "tm": "™", "rg": "®", "ba": "|", "or": "|", "ul": "_", "rn": "‾", "lB": "[", "rB": "]", "lC": "{", "rC": "}",
    "Do": "$", "sh": "#", "!=": "≠", "<=": "≤", ">=": "≥", "pl": "+", "mi": "−", "eq": "=", "*m": "µ", "*p": "π", "*b": "β",
    ".T": "", "C+": "C++", "C`": "", "C'": "", "L\"": '"', "R\"": '"', "Aq": "'", "PI": "π", "--": "–", "``": "“", "''": "”",
    "L»": "»", "R«": "«",
}
_ACCENTS = {":": "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", ",": "\u0327", "o": "\u030a"}
_ESCAPE = re.compile(
    r"""\\(?:
      \[(?P<long>[^\]\s]*)\] | \((?P<short>..) | \*\[(?P<longstring>[^\]]*)\] | \*\((?P<shortstring>..) | \*(?P<string>.)
      | [fFgkMmYnV](?:\[[^\]]*\]|\(..|.) | s[+-]?(?:\[[^\]]*\]|\(..|'[^']*'|\d{1,2}) | [bDhHlLNoRSvwxXZ]'(?:[^'\\]|\\.)*'
      | (?P<one>.)
    )""",
    re.VERBOSE,
)
_PLAIN = {"-": "-", " ": " ", "~": " ", "0": " ", "e": "\\", "'": "'", "`": "`", "\\": "\\", ".": "."}
_BREAKING = {"PP", "P", "LP", "IP", "TP", "TQ", "HP", "SH", "SS", "RS", "RE", "sp", "br", "nf", "fi", "EX", "EE", "TS", "TE", "Vb", "Ve",
             "SY", "YS", "in", "ti", "Sp", "bp", "ce", "OP"}
_VERBATIM = {"nf": "fi", "EX": "EE", "TS": "TE", "Vb": "Ve", "SY": "YS", "DS": "DE", "PS": "PE", "EQ": "EN"}
_FONTS = {"B", "I", "R", "BI", "BR", "IB", "IR", "RB", "RI", "SM", "SB"}


class UnreadablePage(ValueError):
    """The page uses macros that this reader does not know well enough (mdoc, or a mere reference to another page)."""


def _glyph(name: str, strings: Mapping[str, str]) -> str:
    if name in strings:
        return strings[name]
    if name in _GLYPHS:
        return _GLYPHS[name]
    if len(name) == 2 and name[0] in _ACCENTS:
        return unicodedata.normalize("NFC", name[1] + _ACCENTS[name[0]])
    if match := re.fullmatch(r"u([0-9A-F]{4,6})", name):
        return chr(int(match[1], 16))
    if match := re.fullmatch(r"char(\d{1,3})", name):
        return chr(int(match[1]))
    return "\ufffd"


def unescape(text: str, strings: Mapping[str, str] = MappingProxyType({})) -> str:
    """Text without roff escapes; named glyphs and the page's own ``strings`` become characters, an unknown one U+FFFD."""
    # A comment runs to the end of the line.
    text = re.sub(r'(?<!\\)\\["#].*', "", text)

    def replace(match: re.Match) -> str:
        for group in ("long", "short", "longstring", "shortstring", "string"):
            if match[group] is not None:
                return _glyph(match[group], strings)
        return _PLAIN.get(match["one"] or "", "")

    return _ESCAPE.sub(replace, text)


def _arguments(text: str) -> list[str]:
    found = re.findall(r'"((?:[^"]|"")*)"?|((?:\\.|[^\s"\\])(?:\\.|[^\s\\])*)', re.sub(r'(?<!\\)\\".*', "", text))
    return [quoted.replace('""', '"') or plain for quoted, plain in found]


def defined_strings(source: str) -> dict[str, str]:
    """Values of the strings that a page defines for itself (``.ds name value``), without escapes."""
    found = re.findall(r"^[.']\s*ds\s+(\S+)[ \t]+\"?(.*)$", source, re.M)
    return {name: unescape(value) for name, value in found}


class _Reader:
    def __init__(self, strings: Mapping[str, str]) -> None:
        self.strings = strings
        self.blocks: list[Segment] = []
        self.words: list[str] = []
        self.kind = "P"
        self.until = ""
        self.tag_next = False

    def flush(self) -> None:
        text = " ".join(" ".join(self.words).split())
        if text:
            self.blocks.append(Segment(text, self.kind))
        self.words = []

    def text(self, line: str) -> None:
        joined = self.words and self.words[-1].endswith("\\c")
        if joined:
            self.words[-1] = self.words[-1][:-2]
        tail = "\\c" if line.endswith("\\c") else ""
        plain = unescape(line.removesuffix("\\c"), self.strings).strip("\n") + tail
        if joined:
            self.words[-1] += plain
        else:
            self.words.append(plain)
        if self.tag_next:
            self._end_tag()

    def _end_tag(self) -> None:
        self.kind, self.tag_next = "T", False
        self.flush()
        self.kind = "P"

    def request(self, name: str, rest: str) -> None:
        if name in _BREAKING:
            self.flush()
            self.kind, self.tag_next = "P", name in ("TP", "TQ")
        if name in _VERBATIM:
            self.until = _VERBATIM[name]
        elif name in ("SH", "SS"):
            self.kind = name
            if rest.strip():
                self.text(" ".join(_arguments(rest)))
                self.flush()
                self.kind = "P"
        elif name == "MR":
            page, *rest_of = _arguments(rest)
            self.text(f"{page}({rest_of[0]}){''.join(rest_of[1:])}" if rest_of else page)
        elif name == "IP":
            tag = _arguments(rest)[:1]
            self.words += [unescape(part, self.strings) for part in tag]
            self._end_tag()
        elif name in _FONTS:
            parts = _arguments(rest)
            self.text(("" if len(name) == 2 and name not in ("SM", "SB") else " ").join(parts))
        elif name in ("UR", "MT"):
            self.words.append("\\c" if not self.words else "")
        elif name in ("UE", "ME") and rest.strip() and self.words:
            self.words[-1] += unescape(rest.strip())
        elif name == "so":
            raise UnreadablePage(f"refers to {rest.strip()}")
        elif name in ("Dd", "Dt", "Sh"):
            raise UnreadablePage("written in mdoc")


def read_page(source: str) -> list[Segment]:
    """Blocks of a page in order, each with its kind: ``SH`` and ``SS`` headings, ``T`` tags of lists, ``P`` paragraphs."""
    reader = _Reader(defined_strings(source))
    skip_definition = False
    depth = 0
    for line in source.splitlines():
        if skip_definition:
            skip_definition = not re.match(r"^\.\.\s*$", line)
            continue
        control = re.match(r"""^[.']\s*(\\?[A-Za-z"&][A-Za-z"&]?[A-Za-z]*|\\\})?(.*)""", line)
        name, rest = (control[1] or "", control[2]) if control else ("", line)
        if reader.until:
            if control and name == reader.until:
                reader.until = ""
                reader.flush()
            continue
        if control is None:
            # Conditional bodies (definitions of macros for other formatters) are not text.
            depth += line.count("\\{") - line.count("\\}") if depth else 0
            if not depth and line.strip():
                reader.text(line)
            elif not line.strip():
                reader.flush()
            continue
        if name in ("if", "ie", "el", "do", "while") or depth:
            depth = max(0, depth + line.count("\\{") - line.count("\\}"))
        elif name in ("de", "am", "ig", "de1", "dei"):
            skip_definition = True
        else:
            reader.request(name, rest)
    reader.flush()
    return reader.blocks
