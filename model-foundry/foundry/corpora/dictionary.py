"""English-German pairs from the Ding dictionary, an entry a pair."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

from foundry.corpora.archive import Archive
from foundry.corpus import Pair

_FILE = r"usr/share/trans/de-en(\.gz)?$"
# Grammar ({m}, {vt}), fields ([comp.]), usage in parentheses, pronunciation between slashes.
_REMARK = re.compile(r"\{[^}]*\}|\[[^\]]*\]|\([^)]*\)|<[^>]*>|(?<!\w)/[^/]*/|\s\+(?:Gen|Dat|Akk)\.?")
_LONGEST_WORDS = 25


def variants(text: str) -> list[str]:
    """Alternatives of one sense without remarks; the first is the headword's plainest translation."""
    plain = _REMARK.sub(" ", text)
    return [" ".join(part.split()) for part in plain.split(";") if part.strip()]


def entry_pairs(line: str) -> Iterator[tuple[str, str]]:
    """English and German of an entry (``German :: English``, senses parted by ``|``): first alternatives of each sense."""
    german, found, english = line.partition("::")
    if not found:
        return
    for target, source in zip(german.split("|"), english.split("|")):
        left, right = variants(source), variants(target)
        if left and right and len(left[0].split()) <= _LONGEST_WORDS:
            yield left[0], right[0]


def extract(archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields the pairs of the dictionary, all of one document."""
    for package, folder in archive.unpack(["trans-de-en"], _FILE, "ding"):
        for path in folder.rglob("de-en*"):
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rt", encoding="utf-8") as lines:
                pairs = [Pair(*pair, "ding:ding") for line in lines if not line.startswith("#") for pair in entry_pairs(line)]
            yield package, pairs, ""
