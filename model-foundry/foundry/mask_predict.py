"""The decoding loop of mask-predict, over any function that fills in masked rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# Ids [rows, length] and real tokens [rows, length] to the best ids and their log-probabilities, [rows, length] both.
Fill = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Candidate:
    """A translation of one length, without end-of-sequence, and the mean log-probability of its tokens."""

    ids: list[int]
    score: float


def masked_count(length: int, iteration: int, iterations: int) -> int:
    """How many tokens are masked before ``iteration`` (from 0): linear decay, rounded down; all of them at first."""
    return length * (iterations - iteration) // iterations


def length_candidates(logits: np.ndarray, count: int) -> list[int]:
    """The likeliest lengths of one row, best first, ties to the shorter; length 0 is no candidate."""
    order = np.argsort(-logits[1:], kind="stable")
    return (order[:count] + 1).tolist()


def refine(fill: Fill, lengths: list[int], iterations: int, mask: int, pad: int) -> list[Candidate]:
    """Fills rows of the given lengths: all at once, then again and again the least certain ones (ties: leftmost)."""
    longest = max(lengths)
    real = (np.arange(longest) < np.array(lengths)[:, None]).astype(np.int64)
    ids = np.full(real.shape, pad, dtype=np.int64)
    certainty = np.zeros(ids.shape, dtype=np.float32)
    for iteration in range(iterations):
        open_places = np.zeros(ids.shape, dtype=bool)
        for row, length in enumerate(lengths):
            order = np.argsort(certainty[row, :length], kind="stable")
            open_places[row, order[: masked_count(length, iteration, iterations)]] = True
        if not open_places.any():
            break
        best, scores = fill(np.where(open_places, mask, ids), real)
        ids = np.where(open_places, best, ids)
        certainty = np.where(open_places, scores, certainty)
    return [
        Candidate(ids[row, :length].tolist(), float(certainty[row, :length].mean())) for row, length in enumerate(lengths)
    ]


def best_candidate(candidates: list[Candidate]) -> Candidate:
    """The highest mean log-probability; ties to the earlier one, whose length is the likelier."""
    return max(candidates, key=lambda candidate: candidate.score)
