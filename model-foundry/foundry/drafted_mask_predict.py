"""Mask-predict that begins with the outputs of a CTC prefix beam instead of masks, as text-service serves it: what is least certain in
a draft is masked and filled again, and the autoregressive decoder chooses among the drafts and what became of them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from foundry.greedy import padded
from foundry.noisy_parallel import OutputScorer
from foundry.student_decoding import CtcTranslator, MaskPredictTranslator
from foundry.vocabulary import PAD

SHARE = 0.3
"""What of a draft is in doubt."""


def likeliest_path(log_probs: np.ndarray, ids: list[int], blank: int) -> list[int]:
    """The likeliest path of ``[frames, vocab]`` that collapses to ``ids``, by the token's place in ``ids`` for each frame and -1 for a
    blank (Graves et al. 2006, with the maximum in the place of the sum)."""
    states = [blank]
    for token in ids:
        states += [token, blank]
    frames = log_probs[:, states]
    count = len(states)
    # A token may follow the one before it without a blank, unless they are equal.
    skips = np.array([at >= 2 and at % 2 == 1 and states[at] != states[at - 2] for at in range(count)])
    scores = np.full(count, -math.inf)
    scores[:2] = frames[0, :2]
    steps = np.zeros((len(frames), count), dtype=np.int64)
    for at in range(1, len(frames)):
        before = np.full((3, count), -math.inf)
        before[0] = scores
        before[1, 1:] = scores[:-1]
        before[2, 2:] = scores[:-2]
        before[2, ~skips] = -math.inf
        steps[at] = before.argmax(0)
        scores = before.max(0) + frames[at]
    state = count - 1 if count == 1 or scores[-1] >= scores[-2] else count - 2
    path = []
    for at in range(len(frames) - 1, -1, -1):
        path.append(state // 2 if state % 2 else -1)
        state -= steps[at, state]
    return path[::-1]


def certainties(log_probs: np.ndarray, ids: list[int], blank: int) -> np.ndarray:
    """Each token's log-probability in the frame that is surest of it, among those of the likeliest path."""
    found = np.full(len(ids), -math.inf)
    for frame, place in enumerate(likeliest_path(log_probs, ids, blank)):
        if place >= 0:
            found[place] = max(found[place], log_probs[frame, ids[place]])
    return found


def open_places(certainty: np.ndarray, passed: int, passes: int) -> np.ndarray:
    """The places that the next pass fills: the least certain ``SHARE * length * (passes - passed) / passes``, rounded up."""
    count = math.ceil(SHARE * len(certainty) * (passes - passed) / passes)
    places = np.zeros(len(certainty), dtype=bool)
    places[np.argsort(certainty, kind="stable")[:count]] = True
    return places


class DraftedMaskPredictTranslator:
    """``candidates`` drafts of a sentence, revised in ``passes`` passes; with the draft and the choice two passes more."""

    def __init__(self, package: Path, variant: str, threads: int, candidates: int, passes: int = 1) -> None:
        self.drafter = CtcTranslator(package, variant, threads, served=True)
        self.reviser = MaskPredictTranslator(package, variant, threads)
        self.scorer = OutputScorer(package, variant, threads)
        self.candidates, self.passes = candidates, passes

    def generate(self, rows: list[list[int]]) -> list[list[int]]:
        frames = self.drafter.log_probs(rows)
        drafts = [[draft.ids for draft in self.drafter.beam(each, self.candidates)] for each in frames]
        flat = [(row, ids) for row, found in enumerate(drafts) for ids in found if ids]
        sure = [certainties(frames[row], ids, self.drafter.blank) for row, ids in flat]
        revised = self._revised(rows, flat, sure) if flat else []
        results = []
        for row, source in enumerate(rows):
            outputs = drafts[row] + [ids for (owner, _), ids in zip(flat, revised) if owner == row and ids not in drafts[row]]
            scores = [score / (len(ids) + 1) for score, ids in zip(self.scorer.log_probs(source, outputs), outputs)]
            results.append(outputs[int(np.argmax(scores))])
        return results

    def _revised(self, rows: list[list[int]], drafts: list[tuple[int, list[int]]], sure: list[np.ndarray]) -> list[list[int]]:
        memory = {name: value[[row for row, _ in drafts]] for name, value in self.reviser.encoder(rows).items()}
        ids, real = padded([draft for _, draft in drafts], PAD)
        certainty = np.zeros(ids.shape)
        for at, values in enumerate(sure):
            certainty[at, : len(values)] = values
        for passed in range(self.passes):
            places = np.zeros(ids.shape, dtype=bool)
            for at, (_, draft) in enumerate(drafts):
                places[at, : len(draft)] = open_places(certainty[at, : len(draft)], passed, self.passes)
            best, scores = self.reviser.fill(np.where(places, self.reviser.mask, ids), real, memory)
            ids, certainty = np.where(places, best, ids), np.where(places, scores, certainty)
        return [ids[at, : len(draft)].tolist() for at, (_, draft) in enumerate(drafts)]
