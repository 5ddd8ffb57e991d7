"""English-German pairs from man pages: the German page and the English one of the same name and section."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from foundry.corpora.align import Segment
from foundry.corpora.archive import Archive
from foundry.corpora.roff import UnreadablePage, read_page
from foundry.corpora.sentences import block_pairs, sections
from foundry.corpus import Pair

_PAGE = re.compile(r"usr/share/man/(?:de(?:\.UTF-8|_DE)?/)?(man\w+/[^/]+\.gz)$")
GERMAN = r"usr/share/man/de(\.UTF-8|_DE)?/man\w+/[^/]+\.gz"
ENGLISH = r"usr/share/man/man\w+/[^/]+\.gz"


def read(path: Path) -> list[Segment]:
    """Blocks of a gzipped page in UTF-8 or, where the bytes are not UTF-8, Latin-1."""
    with gzip.open(path) as page:
        content = page.read()
    try:
        return read_page(content.decode("utf-8"))
    except UnicodeDecodeError:
        return read_page(content.decode("iso-8859-1"))


def page_pairs(source: list[Segment], target: list[Segment]) -> Iterator[tuple[str, str]]:
    """Pairs of two pages; a section on the translation that closes the German one has no English counterpart."""
    left, right = sections(source), sections(target)
    if len(right) == len(left) + 1:
        target = target[: -len(right[-1])]
    yield from block_pairs(source, target)


def extract(archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields the name of each package with German pages, its pairs and a remark for the log."""
    german, english = archive.files(GERMAN), archive.files(ENGLISH)
    wanted = {_PAGE.match(path)[1] for paths in german.values() for path in paths}  # type: ignore[index]
    owners: dict[str, str] = {}
    by_worth = sorted(english, key=lambda package: (-len(wanted & _pages(english[package])), package))
    for package in by_worth:
        for page in wanted & _pages(english[package]):
            owners.setdefault(page, package)
    folders = dict(archive.unpack(sorted(set(owners.values())), ENGLISH, "man-en"))
    seen: set[str] = set()
    for package, folder in archive.unpack(german, GERMAN, "man-de"):
        pairs: list[Pair] = []
        remarks: Counter[str] = Counter()
        for path in sorted(folder.rglob("*.gz")):
            page = _PAGE.match(str(path.relative_to(folder)))[1]  # type: ignore[index]
            origin = folders.get(owners.get(page, ""))
            other = origin / "usr/share/man" / page if origin else None
            if page in seen or other is None or not other.exists() or not path.exists():
                remarks["pages without an English one"] += 1
                continue
            try:
                found = list(page_pairs(read(other), read(path)))
            except UnreadablePage as reason:
                remarks[re.sub(r"^refers.*", "references", str(reason))] += 1
                continue
            seen.add(page)
            pairs += [Pair(source, target, f"man:{page}") for source, target in found]
        yield package, pairs, ", ".join(f"{count} {name}" for name, count in remarks.items())


def _pages(paths: list[str]) -> set[str]:
    return {match[1] for path in paths if (match := _PAGE.match(path))}
