"""English-German pairs from the archive's package descriptions and their translations."""

from __future__ import annotations

from collections.abc import Iterator

from foundry.corpora.archive import Archive
from foundry.corpora.sentences import sentence_pairs
from foundry.corpus import Pair


def paragraphs(description: str) -> list[tuple[str, str]]:
    """Kind and text of each part of a description: ``title``, paragraphs ``P``, list items by their mark.

    In Debian's format one leading space is running text, more are verbatim or a list, and `` .`` parts paragraphs.
    """
    title, *lines = description.split("\n")
    parts: list[tuple[str, str]] = [("title", title.strip())]
    words: list[str] = []
    kind = "P"

    def flush() -> None:
        nonlocal words
        if words:
            parts.append((kind, " ".join(words)))
        words = []

    for line in lines:
        text = line[1:]
        stripped = text.strip()
        if stripped in (".", ""):
            flush()
            kind = "P"
        elif stripped[:2] in ("* ", "- ", "+ ", "o "):
            flush()
            kind = "item"
            words = [stripped[2:].strip()]
        elif text[0].isspace() and kind == "P":
            flush()
            parts.append(("verbatim", stripped))
        else:
            words.append(stripped)
    flush()
    return parts


def description_pairs(english: str, german: str) -> Iterator[tuple[str, str]]:
    """Pairs of two descriptions whose parts have the same kinds; otherwise of their titles only."""
    left, right = paragraphs(english), paragraphs(german)
    if [kind for kind, _ in left] != [kind for kind, _ in right]:
        left, right = left[:1], right[:1]
    for (kind, source), (_, target) in zip(left, right):
        if kind != "verbatim":
            yield from sentence_pairs(source, target)


def extract(archive: Archive) -> Iterator[tuple[str, list[Pair], str]]:
    """Yields all pairs at once: texts meet by package and by the md5 of the English description."""
    german = {(record["Package"], record["Description-md5"]): record["Description-de"]
              for record in archive.descriptions("de") if "Description-de" in record}
    pairs: list[Pair] = []
    for record in archive.descriptions("en"):
        other = german.get((record["Package"], record["Description-md5"]))
        if other is not None and "Description-en" in record:
            found = description_pairs(record["Description-en"], other)
            pairs += [Pair(left, right, f"ddtp:{record['Package']}") for left, right in found]
    yield "Translation-de", pairs, f"{len(german)} translated descriptions"
