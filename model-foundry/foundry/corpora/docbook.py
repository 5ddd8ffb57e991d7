"""English-German pairs from help in DocBook and Mallard: KDE's handbooks and GNOME's help pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from lxml import etree

from foundry.corpora.align import Segment
from foundry.corpora.archive import Archive
from foundry.corpora.markup import MISSING_REFERENCE, Dialect, blocks, local_name
from foundry.corpora.sentences import block_pairs
from foundry.corpus import Pair

_BLOCKS = frozenset(
    "book article chapter appendix preface part sect1 sect2 sect3 sect4 sect5 section simplesect refentry refsect1 refsect2 title subtitle "
    "para simpara formalpara note tip warning caution important itemizedlist orderedlist variablelist simplelist listitem varlistentry term "
    "member glossary glossentry glossdef glossterm procedure step substeps table informaltable tgroup thead tbody row entry figure example "
    "abstract blockquote questionandanswer qandaset qandadiv qandaentry question answer caption textobject screenshot mediaobject footnote "
    "page p desc info list item terms steps synopsis comment quote tr td th listing media links".split())
_SKIPPED = frozenset(
    "programlisting screen literallayout code listing authorgroup author othercredit editor copyright legalnotice publisher revhistory "
    "keywordset indexterm primary secondary credit revision include date releaseinfo pubdate screeninfo imagedata imageobject remark address "
    "email years license bookinfo articleinfo synopsis cmdsynopsis".split())
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_XML_ENTITIES = frozenset({"lt", "gt", "amp", "quot", "apos"})
_LINK = "{http://www.w3.org/1999/xlink}href"


def entities(text: str) -> dict[str, str]:
    """Entities that a DTD or an internal subset defines with a literal value; the first definition wins, as in XML."""
    found: dict[str, str] = {}
    for name, double, single in _ENTITY.findall(text):
        found.setdefault(name, double or single)
    return found


def expand(text: str, known: dict[str, str], depth: int = 8) -> str:
    """Replaces entities by their values; an unknown one is taken for the name of a program: ``&kigo;`` becomes Kigo."""
    def replace(match: re.Match) -> str:
        name = match[1]
        if name in _XML_ENTITIES:
            return match[0]
        if name in known and depth:
            return expand(known[name], known, depth - 1)
        character = unescape(match[0])
        return character if character != match[0] else name[:1].upper() + name[1:]

    return re.sub(r"&([A-Za-z][\w.-]*);", replace, text)


def parse(path: Path, known: dict[str, str]) -> etree._Element | None:
    """The tree of a file, its entities expanded; ``None`` for one that is no XML."""
    text = path.read_text(encoding="utf-8", errors="replace")
    declared = re.search(r"<!DOCTYPE[^\[>]*(\[.*?\]\s*)?>", text, re.S)
    if declared:
        known = entities(declared[0]) | {name: value for name, value in known.items() if name not in entities(declared[0])}
        text = text[: declared.start()] + text[declared.end() :]
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        return etree.fromstring(expand(text, known), etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError:
        return None


def dialect(titles: dict[str, str]) -> Dialect:
    """How help is read when cross-references stand for ``titles`` by id."""

    def replacement(element: etree._Element) -> str | None:
        name = local_name(element)
        if name == "xref" or name in ("link", "ulink") and not (element.text or len(element)):
            key = element.get("linkend") or element.get("xref") or ""
            address = element.get("url") or element.get("href") or element.get(_LINK)
            return titles.get(key) or titles.get(key.rpartition("#")[2]) or address or MISSING_REFERENCE
        if name == "keycombo" or name == "keyseq":
            return "+".join("".join(key.itertext()).strip() for key in element.iterchildren("*"))
        if name in ("menuchoice", "guiseq"):
            parts = (" ".join("".join(part.itertext()).split()) for part in element.iterchildren("*") if local_name(part) != "shortcut")
            return " → ".join(part for part in parts if part)
        return None

    return Dialect(_BLOCKS, _SKIPPED, _is_navigation, replacement)


def _is_navigation(element: etree._Element) -> bool:
    # In Mallard, a link under <info> says where the page belongs.
    parent = element.getparent()
    return local_name(element) == "link" and parent is not None and local_name(parent) == "info"


def titles_by_id(trees: dict[str, etree._Element]) -> dict[str, str]:
    """Title of every element that has an id, and of every page by its name."""
    titles: dict[str, str] = {}
    for name, tree in trees.items():
        for element in tree.iter():
            key = element.get("id") or element.get("{http://www.w3.org/XML/1998/namespace}id") if isinstance(element.tag, str) else None
            title = next((child for child in element if local_name(child) == "title"), None) if key else None
            if title is not None:
                text = re.sub(r"\s+", " ", "".join(title.itertext())).strip()
                titles.setdefault(key, text)
                if element is tree:
                    titles.setdefault(name.rpartition(".")[0], text)
    return titles


def read_folder(folder: Path, known: dict[str, str]) -> dict[str, list[Segment]]:
    """Blocks of every help file in a folder, by file name; cross-references read as the titles they point to."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in (".page", ".docbook", ".xml") and path.is_file()]
    for path in files:
        if path.suffix in (".docbook", ".xml"):
            known = known | {k: v for k, v in entities(path.read_text(encoding="utf-8", errors="replace")[:20_000]).items() if k not in known}
    trees = {str(path.relative_to(folder)): tree for path in files if (tree := parse(path, known)) is not None}
    reading = dialect(titles_by_id(trees))
    return {name: blocks(tree, reading) for name, tree in trees.items()}


def folder_pairs(english: Path, german: Path, known: tuple[dict[str, str], dict[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Pairs of the files that have the same name in both folders, and that name."""
    left, right = read_folder(english, known[0]), read_folder(german, known[1])
    for name in left:
        if name in right:
            yield from ((source, target, name) for source, target in block_pairs(left[name], right[name]))


GNOME = r"usr/share/(help/(de|C)/|gnome/help/[^/]+/(de|C)/).*\.(page|xml|docbook)$"


def extract_gnome(archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields each package with German help: the German pages and the untranslated ones beside them."""
    german = archive.files(GNOME.replace("|C)", ")"))
    for package, folder in archive.unpack(german, GNOME, "gnomehelp"):
        pairs: list[Pair] = []
        for path in [*folder.glob("usr/share/help/de/*"), *folder.glob("usr/share/gnome/help/*/de")]:
            other = Path(str(path).replace("/help/de/", "/help/C/")) if path.name != "de" else path.parent / "C"
            if other.is_dir():
                name = path.name if path.name != "de" else path.parent.name
                for source, target, page in folder_pairs(other, path, ({}, {})):
                    # The desktop's own guide is large, and each of its pages stands alone.
                    document = f"gnomehelp:{name}/{page}" if name == "gnome-help" else f"gnomehelp:{name}"
                    pairs.append(Pair(source, target, document))
        yield package, pairs, ""


KDE = r"usr/share/doc/(HTML|kde/HTML)/(de|en)/.*\.docbook$"
_KDE_ENTITIES = r"usr/share/kf5/kdoctools/customization/(entities|de|en)/[\w.]+\.entities$"


def extract_kde(archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields each package with a German handbook; names that KDE's own DTD defines come from kdoctools."""
    known: dict[str, dict[str, str]] = {"en": {}, "de": {}}
    for _, folder in archive.unpack(["kdoctools5"], _KDE_ENTITIES, "kdoctools"):
        for path in sorted(folder.rglob("*.entities")):
            found = entities(re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.S))
            for language in ("en", "de"):
                if path.parent.name in (language, "entities"):
                    known[language] = found | known[language] if path.parent.name == "entities" else known[language] | found
    for package, folder in archive.unpack(archive.files(KDE.replace("(de|en)", "de")), KDE, "kdedoc"):
        pairs: list[Pair] = []
        for german in sorted(folder.glob("usr/share/doc/**/HTML/de/*")):
            english = Path(str(german).replace("/HTML/de/", "/HTML/en/"))
            if english.is_dir():
                found = folder_pairs(english, german, (known["en"], known["de"]))
                pairs += [Pair(source, target, f"kdedoc:{german.name}") for source, target, _ in found]
        yield package, pairs, ""
