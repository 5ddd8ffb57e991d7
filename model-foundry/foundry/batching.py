"""Buckets pairs by exact source length, so that most batches need neither source padding nor masks."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

EncodedPair = tuple[np.ndarray, np.ndarray]


def bucket(pairs: list[EncodedPair], tokens: int, rng: random.Random) -> list[list[EncodedPair]]:
    """Cuts pairs, sorted by length with ties shuffled, into batches of at most ``tokens`` padded tokens a side."""
    order = sorted(pairs, key=lambda pair: (len(pair[0]), len(pair[1]), rng.random()))
    batches: list[list[EncodedPair]] = []
    current: list[EncodedPair] = []
    longest = 0
    for pair in order:
        longest_then = max(longest, len(pair[0]), len(pair[1]))
        # A new source length starts a new batch once the current one is reasonably full.
        new_length = bool(current) and len(pair[0]) != len(current[0][0]) and longest * len(current) > tokens // 2
        if current and (longest_then * (len(current) + 1) > tokens or new_length):
            batches.append(current)
            current, longest_then = [], max(len(pair[0]), len(pair[1]))
        current.append(pair)
        longest = longest_then
    if current:
        batches.append(current)
    rng.shuffle(batches)
    return batches


class PoolBatches:
    """Endless batches of one pool, bucketed anew each epoch."""

    def __init__(self, pairs: list[EncodedPair], tokens: int, rng: random.Random) -> None:
        self.pairs, self.tokens, self.rng = pairs, tokens, rng
        self.epochs = 0.0
        self._pending: list[list[EncodedPair]] = []

    def __next__(self) -> list[EncodedPair]:
        if not self._pending:
            self._pending = bucket(self.pairs, self.tokens, self.rng)
        batch = self._pending.pop()
        self.epochs += len(batch) / len(self.pairs)
        return batch


def mixture(pools: dict[str, PoolBatches], shares: dict[str, float], rng: random.Random) -> Iterator[list[EncodedPair]]:
    """Draws each batch from a pool with the pool's share as probability; empty pools are left out."""
    names = [name for name in pools if pools[name].pairs and shares.get(name, 0) > 0]
    weights = [shares[name] for name in names]
    while True:
        yield next(pools[rng.choices(names, weights)[0]])
