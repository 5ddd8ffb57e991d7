"""Splits pairs by a fixed list of held-out documents, and keeps what resembles held-out text out of training."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from foundry.corpus import Pair

HELD_OUT = Path(__file__).resolve().parents[2] / "data" / "held-out-en-de.txt"
_WORD = re.compile(r"\w+")
_ORDER = 5
_MINIMUM_WORDS = 4


def held_out_documents(path: Path = HELD_OUT) -> frozenset[str]:
    """Names of the held-out documents (``source:path``), one a line; lines that start with ``#`` are remarks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


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


def split(pairs: list[Pair], held_out: frozenset[str], counts: dict[tuple[str, str], int]) -> tuple[list[Pair], list[Pair]]:
    """Training and held-out pairs without repetitions; what is left out is added to ``counts`` by source and reason.

    Held-out pairs have at least four words and none repeats another's source; training pairs may share a source.
    """
    dev: dict[str, Pair] = {}
    train: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        if pair.document not in held_out:
            continue
        if len(pair.source.split()) < _MINIMUM_WORDS:
            _count(counts, pair, "held out, short")
        elif pair.source in dev:
            _count(counts, pair, "duplicate")
        else:
            dev[pair.source] = pair
    known = HeldOutText(dev.values())
    for pair in pairs:
        if pair.document in held_out:
            continue
        if (pair.source, pair.target) in train:
            _count(counts, pair, "duplicate")
        elif known.resembles(pair):
            _count(counts, pair, "near-duplicate of held-out text")
        else:
            train[pair.source, pair.target] = pair
    return list(train.values()), list(dev.values())


def _count(counts: dict[tuple[str, str], int], pair: Pair, reason: str) -> None:
    counts[pair.origin, reason] = counts.get((pair.origin, reason), 0) + 1
