"""Trains a translation model against a wall-clock deadline; every checkpoint is a good place to stop or resume."""

from __future__ import annotations

import json
import logging
import math
import random
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from foundry.batching import EncodedPair, PoolBatches, mixture
from foundry.corpus import pools, read_pairs, sample
from foundry.model import ModelShape, Translator, collate
from foundry.optim import MasterOptimizer
from foundry.vocabulary import load_tokenizer, train_tokenizer

POOL_NAMES = ("text", "interface", "dictionary")
log = logging.getLogger("foundry.train")


@dataclass(frozen=True)
class TrainOptions:
    train: Path
    dev: Path
    out: Path
    minutes: float = 70.0
    rate: float = 2e-3
    warmup_steps: int = 200
    cooldown: float = 0.65
    tokens: int = 4608
    dropout: float = 0.0
    smoothing: float = 0.1
    max_length: int = 100
    checkpoint_seconds: float = 180.0
    seed: int = 7
    max_steps: int = 0
    resume: bool = False
    pair: str = ""


def learning_rate(options: TrainOptions, step: int, progress: float) -> float:
    """Linear warm-up by steps, then flat, then linear to 2 % over the last ``cooldown`` of the time budget."""
    warm = min(1.0, (step + 1) / options.warmup_steps)
    left = min(1.0, max(0.02, (1.0 - progress) / options.cooldown))
    return options.rate * warm * left


def prepare(options: TrainOptions, vocab_size: int) -> dict[str, list[EncodedPair]]:
    """Filters the corpus, trains or loads the vocabulary, and encodes every pool; later calls read the stored result."""
    store = options.out / "encoded.npz"
    if store.exists():
        with np.load(store) as arrays:
            return {name: _split(arrays[name], arrays[f"{name}.lengths"]) for name in POOL_NAMES}
    held_out = frozenset(pair.document for pair in read_pairs(options.dev))
    found, faults = pools(read_pairs(options.train), held_out)
    log.info("dropped %s", json.dumps(faults))
    if not (options.out / "tokenizer.json").exists():
        learn_from = found.text + sample(found.interface, 40_000, 1) + sample(found.dictionary, 30_000, 1)
        texts = (text for pair in learn_from for text in (pair.source, pair.target))
        train_tokenizer(texts, vocab_size).save(str(options.out / "tokenizer.json"))
    tokenizer = load_tokenizer(options.out)
    arrays: dict[str, np.ndarray] = {}
    for name, pairs in found.named().items():
        flat: list[np.ndarray] = []
        # In slices: the tokenizer's own result objects take fifty times the room of the ids.
        for at in range(0, len(pairs), 10_000):
            part = pairs[at : at + 10_000]
            sources = tokenizer.encode_batch_fast([pair.source for pair in part])
            targets = tokenizer.encode_batch_fast([pair.target for pair in part])
            for left, right in zip(sources, targets):
                if max(len(left.ids), len(right.ids)) <= options.max_length:
                    flat += [np.array(left.ids, dtype=np.uint16), np.array(right.ids, dtype=np.uint16)]
        arrays[name] = np.concatenate(flat) if flat else np.zeros(0, np.uint16)
        arrays[f"{name}.lengths"] = np.array([len(ids) for ids in flat], dtype=np.int32)
        log.info("pool %s: %d pairs, %d target tokens", name, len(flat) // 2, arrays[f"{name}.lengths"][1::2].sum())
    np.savez(store, **arrays)
    return prepare(options, vocab_size)


def _split(flat: np.ndarray, lengths: np.ndarray) -> list[EncodedPair]:
    ends = np.cumsum(lengths)
    parts = [flat[end - length : end] for end, length in zip(ends.tolist(), lengths.tolist())]
    return list(zip(parts[0::2], parts[1::2]))


def dev_batches(options: TrainOptions, count: int = 400) -> list:
    """Batches of a fixed dev sample, without the free dialogue, for the loss curve."""
    tokenizer = load_tokenizer(options.out)
    pairs = [pair for pair in read_pairs(options.dev) if pair.origin != "wesnoth"]
    chosen = sample(pairs, count, 3)
    encoded = [tuple(np.array(tokenizer.encode(text).ids) for text in (p.source, p.target)) for p in chosen]
    encoded = sorted((p for p in encoded if max(map(len, p)) <= options.max_length), key=lambda p: len(p[0]))
    return [collate(encoded[at : at + 50]) for at in range(0, len(encoded), 50)]


@torch.no_grad()
def dev_loss(model: Translator, batches: list) -> float:
    """Cross-entropy per target token, in nats, without label smoothing."""
    model.eval()
    total = sum(float(model.loss(batch, 0.0)) * batch.target_tokens for batch in batches)
    model.train()
    return total / sum(batch.target_tokens for batch in batches)


class Trainer:
    """Owns the model, the optimizer and the clock of one run; runs on the calling thread."""

    def __init__(self, options: TrainOptions, shape: ModelShape, encoded: dict[str, list[EncodedPair]]) -> None:
        self.options, self.shape = options, shape
        self.step, self.elapsed_before, self.tokens_seen = 0, 0.0, 0
        torch.manual_seed(options.seed)
        self.model = Translator(shape, options.dropout)
        state = self._latest() if options.resume else None
        if state is not None:
            self.step, self.elapsed_before, self.tokens_seen = state["step"], state["elapsed"], state["tokens"]
        # The masters are copied before the model is rounded.
        self.optimizer = MasterOptimizer(self.model)
        self.model.bfloat16()
        if state is not None:
            self.optimizer.load_state_dict(state["optimizer"])
        # A resumed run draws other batches than its first part did.
        self.rng = random.Random(options.seed + self.step)
        self.pools = {name: PoolBatches(pairs, options.tokens, self.rng) for name, pairs in encoded.items()}

    def _latest(self) -> dict | None:
        path = self.options.out / "checkpoint.pt"
        return torch.load(path, weights_only=True) if path.exists() else None

    def run(self, shares: dict[str, float]) -> None:
        """Trains until the budget is spent, writing a checkpoint and the dev loss every few minutes."""
        options, started = self.options, time.monotonic()
        batches, held = mixture(self.pools, shares, self.rng), dev_batches(options)
        saved_at = logged_at = started
        logged_tokens, running = self.tokens_seen, 0.0
        while True:
            now = time.monotonic()
            elapsed = self.elapsed_before + now - started
            if elapsed >= options.minutes * 60 or (options.max_steps and self.step >= options.max_steps):
                break
            rate = learning_rate(options, self.step, elapsed / (options.minutes * 60))
            loss = self._train_step(collate(next(batches)), rate)
            running = loss if not running else 0.98 * running + 0.02 * loss
            if self.step % 50 == 0:
                speed = (self.tokens_seen - logged_tokens) / (now - logged_at + 1e-9)
                epochs = {name: round(pool.epochs, 2) for name, pool in self.pools.items()}
                log.info("step %d %.1f min loss %.3f rate %.5f %.0f tok/s %s", self.step, elapsed / 60, running, rate, speed, epochs)
                logged_at, logged_tokens = now, self.tokens_seen
            if now - saved_at >= options.checkpoint_seconds:
                self.save(elapsed)
                log.info("step %d dev loss %.4f", self.step, dev_loss(self.model, held))
                saved_at = time.monotonic()
        self.save(self.elapsed_before + time.monotonic() - started)
        log.info("done at step %d, dev loss %.4f", self.step, dev_loss(self.model, held))

    def _train_step(self, batch, rate: float) -> float:
        loss = self.model.loss(batch, self.options.smoothing)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise FloatingPointError(f"loss {value} at step {self.step}: resume from the last checkpoint at a lower rate")
        loss.backward()
        self.optimizer.step(rate)
        self.step += 1
        self.tokens_seen += batch.target_tokens
        return value

    def save(self, elapsed: float) -> None:
        """Writes the resumable state, replacing the last one whole, and a snapshot of the weights for averaging."""
        options = {name: str(value) for name, value in asdict(self.options).items()}
        state = {
            "shape": self.shape.as_dict(), "step": self.step, "elapsed": elapsed, "tokens": self.tokens_seen,
            "options": options, "optimizer": self.optimizer.state_dict(),
        }
        part = self.options.out / "checkpoint.pt.part"
        torch.save(state, part)
        part.replace(self.options.out / "checkpoint.pt")
        snapshot = {"pair": self.options.pair, "shape": state["shape"], "step": self.step, "elapsed": elapsed, "tokens": self.tokens_seen}
        snapshot["weights"] = dict(zip(self.optimizer.names, self.optimizer.masters))
        torch.save(snapshot, self.options.out / f"weights-{self.step:07d}.pt")


def train(options: TrainOptions, shape: ModelShape, shares: dict[str, float]) -> None:
    """Prepares the data and runs one training (or the rest of one)."""
    options.out.mkdir(parents=True, exist_ok=True)
    encoded = prepare(options, shape.vocab_size)
    # A small corpus fills only a part of the vocabulary asked for.
    shape = replace(shape, vocab_size=load_tokenizer(options.out).get_vocab_size())
    Trainer(options, shape, encoded).run(shares)
