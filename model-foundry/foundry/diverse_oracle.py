"""Diverse beam search (Vijayakumar et al. 2018, arXiv:1610.02424) in its plainest form: the oracle of the Java tests.

Groups of beams take turns within a step; a token's log-prob falls by the diversity penalty for every beam of an earlier
group that has just chosen it. Within a group, hypotheses finish as in Hugging Face's former group beam search.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class DiverseSettings:
    beams: int
    groups: int
    diversity: float
    length_penalty: float
    early_stopping: bool | str
    max_new_tokens: int
    eos: int
    pad: int
    returned: int


@dataclass
class _Group:
    size: int
    live: list[tuple[float, tuple[int, ...]]]
    finished: list[tuple[float, tuple[int, ...]]] = field(default_factory=list)
    done: bool = False

    def finish(self, score: float, ids: tuple[int, ...]) -> None:
        self.finished.append((score, ids))
        self.finished.sort(key=lambda one: -one[0])
        del self.finished[self.size :]


def diverse_beam_search(
    log_probs: Callable[[tuple[int, ...]], np.ndarray], prompt: tuple[int, ...], settings: DiverseSettings
) -> list[tuple[tuple[int, ...], float]]:
    """The best hypotheses of all groups without the prompt, best first, with their scores."""
    size = settings.beams // settings.groups
    groups = [_Group(size, [(0.0, prompt)] + [(-1e9, prompt)] * (size - 1)) for _ in range(settings.groups)]
    for length in range(1, settings.max_new_tokens + 1):
        chosen: list[int] = []
        for group in groups:
            if group.done:
                chosen += [settings.pad] * size
                continue
            _advance(group, log_probs, chosen, length, settings)
            chosen += [ids[-1] for _, ids in group.live]
        if all(group.done for group in groups):
            break
    for group in groups:
        if not group.done:
            for score, ids in group.live:
                group.finish(score / settings.max_new_tokens**settings.length_penalty, ids)
    ranked = sorted((one for group in groups for one in group.finished), key=lambda one: -one[0])
    return [(ids[len(prompt) :], score) for score, ids in ranked[: settings.returned]]


def _advance(
    group: _Group, log_probs: Callable[[tuple[int, ...]], np.ndarray], chosen: list[int], length: int, settings: DiverseSettings
) -> None:
    options = []
    for beam, (score, ids) in enumerate(group.live):
        row = log_probs(ids).astype(np.float64)
        for token in chosen:
            row[token] -= settings.diversity
        options += [(float(np.float32(score + value)), beam, token) for token, value in enumerate(row)]
    options.sort(key=lambda one: -one[0])
    best = options[: 2 * group.size]
    live = []
    for rank, (score, beam, token) in enumerate(best):
        ids = group.live[beam][1] + (token,)
        if token == settings.eos:
            if rank < group.size:
                group.finish(score / length**settings.length_penalty, ids)
        else:
            live.append((score, ids))
        if len(live) == group.size:
            break
    group.live = live
    group.done = len(group.finished) == group.size and not _improvable(group, best[0][0], length, settings)


def _improvable(group: _Group, best: float, length: int, settings: DiverseSettings) -> bool:
    if settings.early_stopping is True:
        return False
    longest = settings.early_stopping == "never" and settings.length_penalty > 0
    attainable = best / (settings.max_new_tokens if longest else length) ** settings.length_penalty
    return group.finished[-1][0] < attainable
