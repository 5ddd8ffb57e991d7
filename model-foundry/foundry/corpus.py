"""Reads tab-separated parallel text and drops the pairs that would teach faults."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# UTF-8 read as Latin-1 shows as these pairs; groff escapes show as a bracketed letter name.
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf]|â€|Â[\u0080-\u00bf]|\ufffd|\\\\\\[|\\\\\\(")
_UMLAUT_EATEN = re.compile(r"\b(fr|knnen|mssen|wrde|wrden|knnte|ber|ffnen|ndern|whlen|untersttzt|lschen|gltig)\b")
_NUMBER = re.compile(r"\d+")
_SENTENCE_END = ".!?:;…"
_CLOSERS = "\"')]»“”’"


@dataclass(frozen=True)
class Pair:
    """One aligned segment; ``document`` is ``source:path``."""

    source: str
    target: str
    document: str

    @property
    def origin(self) -> str:
        return self.document.split(":", 1)[0]


def read_pairs(path: Path) -> Iterator[Pair]:
    """Yields the rows of a TSV (gzipped or not); rows without three columns get the document ``file:<name>``."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if len(columns) >= 2:
                yield Pair(columns[0].strip(), columns[1].strip(), columns[2] if len(columns) > 2 else f"file:{path.name}")


def _ends_sentence(text: str) -> bool:
    return text.rstrip(_CLOSERS + " ")[-1:] in _SENTENCE_END if text else False


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)


def rejection(pair: Pair) -> str | None:
    """Names the fault that keeps a pair out of training, or ``None`` for a good one."""
    source, target = pair.source, pair.target
    if not source or not target:
        return "empty"
    if len(source) > 400 or len(target) > 480:
        return "long"
    if source == target and len(source.split()) > 2:
        return "identical"
    if _letters(source) < 0.5 * len(source) or _letters(target) < 0.5 * len(target):
        return "non-alphabetic"
    if _MOJIBAKE.search(target) or _MOJIBAKE.search(source):
        return "mojibake"
    if _UMLAUT_EATEN.search(target):
        return "eaten umlaut"
    ratio = (len(target) + 8) / (len(source) + 8)
    if not 0.5 <= ratio <= 2.2:
        return "length ratio"
    if len(source.split()) >= 4:
        if _ends_sentence(source) != _ends_sentence(target):
            return "sentence end"
        left, right = set(_NUMBER.findall(source)), set(_NUMBER.findall(target))
        if left and right and not left & right:
            return "numbers"
    return None


@dataclass(frozen=True)
class Pools:
    """Training pairs by the share they are capped at: running text, UI strings, dictionary entries."""

    text: list[Pair]
    interface: list[Pair]
    dictionary: list[Pair]

    def named(self) -> dict[str, list[Pair]]:
        return {"text": self.text, "interface": self.interface, "dictionary": self.dictionary}


def pools(pairs: Iterable[Pair], held_out: frozenset[str] = frozenset()) -> tuple[Pools, dict[str, int]]:
    """Filters and de-duplicates pairs and sorts them into pools; also counts the rejections by fault."""
    result = Pools([], [], [])
    faults: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for pair in pairs:
        fault = "held out" if pair.document in held_out and pair.origin != "ding" else rejection(pair)
        key = (pair.source, pair.target)
        if fault is None and key in seen:
            fault = "duplicate"
        if fault is not None:
            faults[fault] = faults.get(fault, 0) + 1
            continue
        seen.add(key)
        if pair.origin == "ding":
            result.dictionary.append(pair)
        elif pair.origin.startswith("mo_") and len(pair.source.split()) < 8 or len(pair.source.split()) < 4:
            result.interface.append(pair)
        else:
            result.text.append(pair)
    return result, faults


def sample(pairs: list[Pair], count: int, seed: int) -> list[Pair]:
    """A seeded sample without replacement (all of them when there are fewer)."""
    return pairs if len(pairs) <= count else random.Random(seed).sample(pairs, count)
