"""Aligns two sequences of segments by length (Gale & Church 1993), helped by shared anchors (Simard et al. 1992)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Prior costs of the bead kinds (source segments, target segments), -log of Gale & Church's probabilities.
_BEADS = {(1, 1): 0.12, (1, 0): 4.6, (0, 1): 4.6, (2, 1): 2.4, (1, 2): 2.4, (2, 2): 4.5}
# German runs about a tenth longer than English; the variance is theirs.
_EXPANSION, _VARIANCE = 1.1, 6.8
_ANCHOR = re.compile(r"[\w.+/:@=<>-]*[\d_/=<>@][\w.+/:@=<>-]*|--?[\w-]{2,}|\b[A-Z]{2,}\b|\b\w+\.\w+\b")
_BAND = 25


@dataclass(frozen=True)
class Segment:
    """A piece of text and the kind of block it stands in; blocks of different kinds do not translate each other."""

    text: str
    kind: str = ""


def anchors(text: str) -> frozenset[str]:
    """Tokens that a translation keeps as they are: numbers, options, paths, upper-case names."""
    return frozenset(token.strip(".,:") for token in _ANCHOR.findall(text))


def length_cost(source: int, target: int) -> float:
    """-log of the two-sided probability that lengths in characters differ this much by chance."""
    if source == target == 0:
        return 0.0
    mean = (source + target / _EXPANSION) / 2
    delta = abs(source * _EXPANSION - target) / math.sqrt(mean * _VARIANCE)
    return min(20.0, -math.log(max(1e-9, math.erfc(delta / math.sqrt(2)))))


def align(source: Sequence[Segment], target: Sequence[Segment]) -> list[tuple[range, range]]:
    """The cheapest sequence of beads, each a range of source and a range of target indices; an empty range is a deletion."""
    lengths = [[len(segment.text) for segment in side] for side in (source, target)]
    marks = [[anchors(segment.text) for segment in side] for side in (source, target)]

    def cost(i: int, m: int, j: int, n: int) -> float:
        if not m or not n:
            return _BEADS[m, n] + (0.02 * (sum(lengths[0][i : i + m]) + sum(lengths[1][j : j + n]))) ** 0.5
        if len({segment.kind for segment in (*source[i : i + m], *target[j : j + n])}) > 1:
            return math.inf
        left = frozenset().union(*marks[0][i : i + m])
        right = frozenset().union(*marks[1][j : j + n])
        value = _BEADS[m, n] + length_cost(sum(lengths[0][i : i + m]), sum(lengths[1][j : j + n]))
        if left or right:
            value += 3.0 * (1 - 2 * len(left & right) / (len(left) + len(right))) - 1.0
        return value

    return _cheapest(len(source), len(target), cost)


def _cheapest(rows: int, columns: int, cost: Callable[[int, int, int, int], float]) -> list[tuple[range, range]]:
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    band = max(_BAND, abs(rows - columns) + 10)
    for i in range(rows + 1):
        middle = i * columns // rows if rows else 0
        # With no source segments left, every target column has to stay within reach.
        low, high = (0, columns) if not rows else (max(0, middle - band), min(columns, middle + band))
        for j in range(low, high + 1):
            if (i, j) == (0, 0):
                continue
            options = []
            for m, n in _BEADS:
                before = best.get((i - m, j - n))
                if before is not None:
                    options.append((before[0] + cost(i - m, m, j - n, n), (m, n)))
            options = [option for option in options if option[0] < math.inf]
            if options:
                best[i, j] = min(options)
    beads = []
    i, j = rows, columns
    while (i, j) != (0, 0):
        m, n = best[i, j][1]
        beads.append((range(i - m, i), range(j - n, j)))
        i, j = i - m, j - n
    return beads[::-1]
