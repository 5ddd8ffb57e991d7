"""English-German pairs from compiled message catalogs (``.mo``)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import read_mo

from foundry.corpora.archive import Archive
from foundry.corpora.sentences import sentence_pairs, split_sentences
from foundry.corpus import Pair

log = logging.getLogger("foundry.corpus")

_ACCELERATOR = re.compile(r"(?<![&\w])[&_](?=\w)|(?<=\w)[&_](?=\w)(?!\w*[_&])|~(?=\w)")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_PLACEHOLDER = re.compile(r"%(?:\(\w+\)|\d+\$)?[-+# 0]*\d*(?:\.\d+)?(?:hh|h|ll|l|z|j)?[diouxXeEfgGscpn]|%\d+|\{\w*\}|\$\{?\w+\}?")
_CATALOG = r"usr/share/(locale|locale-langpack)/de(_DE)?/LC_MESSAGES/.*\.mo$"
# Larger packages carry a program or its data, not more text.
_LARGEST = 1_000_000


def messages(path: Path) -> Iterator[tuple[str, str]]:
    """Messages and translations of a catalog in the encoding that its header names; plural forms are pairs of their own."""
    with open(path, "rb") as stream:
        catalog = read_mo(stream)
    for message in catalog:
        if not message.id:
            continue
        if isinstance(message.id, (list, tuple)):
            yield from zip(message.id, message.string)
        else:
            yield message.id, message.string


def _is_accelerator(source: str, target: str, mark: str) -> bool:
    return source.count(mark) == target.count(mark) == 1


def plain(source: str, target: str) -> tuple[str, str]:
    """Both texts without markup, escapes and keyboard accelerators."""
    source, target = (_MARKUP.sub("", text).replace("\\n", " ").replace("\t", " ") for text in (source, target))
    for mark in "&_~":
        if _is_accelerator(source, target, mark) and not re.search(rf"\w{mark}\w+{mark}|{mark}(?:\s|$)", source + " " + target):
            source, target = source.replace(mark, ""), target.replace(mark, "")
    # Bracketed accelerators as in some toolkits' German: "Datei (&D)".
    return source, target


def message_pairs(source: str, target: str) -> Iterator[tuple[str, str]]:
    """Lines and sentences of a message; placeholders have to agree."""
    source, target = plain(source, target)
    left, right = ([part for line in text.split("\n") if line.strip() for part in split_sentences(line)] for text in (source, target))
    parts = zip(left, right) if len(left) == len(right) else sentence_pairs(" ".join(source.split()), " ".join(target.split()))
    for one, other in parts:
        if sorted(_PLACEHOLDER.findall(one)) == sorted(_PLACEHOLDER.findall(other)):
            yield one, other


def read_catalog(path: Path, document: str) -> list[Pair]:
    """Pairs of one catalog; none of one that does not decode as its header says."""
    try:
        return [Pair(*pair, document) for source, target in messages(path) if target for pair in message_pairs(source, target)]
    except (UnicodeDecodeError, OSError, ValueError, LookupError) as reason:
        log.warning("%s: unreadable catalog (%s)", path.name, reason)
        return []


def extract_office(archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields the interface of LibreOffice; every catalog is a document."""
    for package, folder in archive.unpack(["libreoffice-l10n-de"], r"usr/lib/libreoffice/.*/de/LC_MESSAGES/.*\.mo$", "lo_ui"):
        yield package, [pair for path in sorted(folder.rglob("*.mo")) for pair in read_catalog(path, f"lo_ui:{path.name}")], ""


def extract_wesnoth(archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields the Battle for Wesnoth; every campaign's catalog is a document."""
    pattern = r"usr/share/games/wesnoth/.*/de/LC_MESSAGES/.*\.mo$"
    for package, folder in archive.unpack(archive.files(pattern), pattern, "wesnoth"):
        yield package, [pair for path in sorted(folder.rglob("*.mo")) for pair in read_catalog(path, f"wesnoth:{path.name}")], ""


def extract_interfaces(archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields every package of moderate size with a German catalog; a package is a document."""
    found = archive.files(_CATALOG)
    names = [name for name in found if 0 < archive.size(name) <= _LARGEST]
    for package, folder in archive.unpack(names, _CATALOG, "mo_ui"):
        pairs = [pair for path in sorted(folder.rglob("*.mo")) for pair in read_catalog(path, f"mo_ui:{package}")]
        yield package, pairs, ""
