"""Splits pairs by fixed lists of held-out documents, and keeps what resembles held-out text out of training."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from foundry.corpus import Pair

LISTS = Path(__file__).resolve().parents[2] / "data"
_WORD = re.compile(r"\w+")
_ORDER = 5
_MINIMUM_WORDS = 4


def held_out_documents(folder: Path = LISTS) -> dict[str, frozenset[str]]:
    """Documents (``source:path``) of the ``dev`` and the ``test`` part, from lists with one a line and remarks behind ``#``."""
    parts: dict[str, frozenset[str]] = {}
    for part in ("dev", "test"):
        lines = (folder / f"{part}-documents-en-de.txt").read_text(encoding="utf-8").splitlines()
        parts[part] = frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
    return parts


def shingles(text: str) -> list[tuple[str, ...]]:
    """The 5-grams of a text's words in lower case; a shorter text is one shingle."""
    words = _WORD.findall(text.lower())
    if len(words) < _ORDER:
        return [tuple(words)]
    return [tuple(words[at : at + _ORDER]) for at in range(len(words) - _ORDER + 1)]


class HeldOutText:
    """The 5-grams of both sides of the held-out pairs."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._source: set[tuple[str, ...]] = set()
        self._target: set[tuple[str, ...]] = set()
        for pair in pairs:
            self._source.update(shingles(pair.source))
            self._target.update(shingles(pair.target))

    def resembles(self, pair: Pair) -> bool:
        """Whether half of the 5-grams of either side occur in held-out text."""
        for text, known in ((pair.source, self._source), (pair.target, self._target)):
            own = shingles(text)
            if 2 * sum(shingle in known for shingle in own) >= len(own):
                return True
        return False


def split(pairs: list[Pair], held_out: dict[str, frozenset[str]], counts: dict[tuple[str, str], int]) -> dict[str, list[Pair]]:
    """The pairs of each held-out part by its name, and the rest as ``train``, without repetitions.

    Held-out pairs have at least four words and none repeats another's source; training pairs may share a source. What is left
    out is added to ``counts`` by source and reason.
    """
    parts = {document: part for part, documents in held_out.items() for document in documents}
    held: dict[str, dict[str, Pair]] = {part: {} for part in held_out}
    for pair in pairs:
        if pair.document not in parts:
            continue
        if len(pair.source.split()) < _MINIMUM_WORDS:
            _count(counts, pair, "held out, short")
        elif any(pair.source in found for found in held.values()):
            _count(counts, pair, "duplicate")
        else:
            held[parts[pair.document]][pair.source] = pair
    known = HeldOutText(pair for found in held.values() for pair in found.values())
    train: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        if pair.document in parts:
            continue
        if (pair.source, pair.target) in train:
            _count(counts, pair, "duplicate")
        elif known.resembles(pair):
            _count(counts, pair, "near-duplicate of held-out text")
        else:
            train[pair.source, pair.target] = pair
    return {"train": list(train.values()), **{part: list(found.values()) for part, found in held.items()}}


def _count(counts: dict[tuple[str, str], int], pair: Pair, reason: str) -> None:
    counts[pair.origin, reason] = counts.get((pair.origin, reason), 0) + 1
