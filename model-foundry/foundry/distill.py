"""Training sources as files for the suite to translate, and its translations as targets of the students."""

from __future__ import annotations

import logging
import math
import random
import shutil
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from foundry.model import Layer, ModelShape, Translator
from foundry.train import POOL_NAMES, TrainOptions, prepare
from foundry.vocabulary import EOS, PAD, load_tokenizer

# Pairs of a shard by pool: dictionary entries and UI strings stay a small part of the tokens, as in the training.
SHARD = {"text": 16_000, "interface": 4_000, "dictionary": 2_000}
Triple = tuple[np.ndarray, np.ndarray, np.ndarray]
log = logging.getLogger("foundry.distill")


def load_model(training: Path) -> Translator:
    """The model of a training's last checkpoint, fp32, in eval mode."""
    state = torch.load(training / "checkpoint.pt", weights_only=True)
    model = Translator(ModelShape(**state["shape"]))
    model.load_state_dict({name: value.float() for name, value in state["optimizer"]["masters"].items()})
    return model.eval()


class _LayerCache:
    """Keys and values of one decoder layer: the cross ones computed once, the own ones filled step by step."""

    def __init__(self, layer: Layer, memory: Tensor, steps: int) -> None:
        assert layer.cross_attention is not None
        batch, _, width = memory.shape
        heads, size = layer.cross_attention.head_count, layer.cross_attention.head_size
        key, value = layer.cross_attention._heads(layer.cross_attention.packed(memory), 2)
        self.cross_key, self.cross_value = key.contiguous(), value.contiguous()
        self.key = memory.new_zeros(batch, heads, steps, size)
        self.value = memory.new_zeros(batch, heads, steps, size)

    def keep(self, rows: Tensor) -> None:
        for name in ("cross_key", "cross_value", "key", "value"):
            setattr(self, name, getattr(self, name)[rows])


def _attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    scores = query @ key.transpose(2, 3)
    if mask is not None:
        scores = scores + mask
    mixed = scores.softmax(-1) @ value
    return mixed.transpose(1, 2).flatten(2)


def _step(layer: Layer, states: Tensor, cache: _LayerCache, at: int, memory_mask: Tensor | None) -> Tensor:
    own, cross = layer.self_attention, layer.cross_attention
    assert cross is not None and cross.query is not None and layer.cross_norm is not None
    query, key, value = own._heads(own.packed(layer.self_norm(states)), 3)
    cache.key[:, :, at], cache.value[:, :, at] = key[:, :, 0], value[:, :, 0]
    mixed = _attend(query * own.head_size**-0.5, cache.key[:, :, : at + 1], cache.value[:, :, : at + 1], None)
    states = states + own.out(mixed)
    (query,) = cross._heads(cross.query(layer.cross_norm(states)), 1)
    mixed = _attend(query * cross.head_size**-0.5, cache.cross_key, cache.cross_value, memory_mask)
    states = states + cross.out(mixed)
    return states + layer.down(layer.activation(layer.up(layer.ffn_norm(states))))


@torch.no_grad()
def greedy(model: Translator, rows: list[np.ndarray], budget: int) -> list[list[int]]:
    """Greedy ids of each row, end-of-sequence kept; a row that reaches ``budget`` ends without one."""
    lengths = torch.tensor([len(row) for row in rows])
    source = torch.full((len(rows), int(lengths.max())), PAD)
    for i, row in enumerate(rows):
        source[i, : len(row)] = torch.from_numpy(row.astype(np.int64))
    memory, mask = model.encode(source, lengths)
    caches = [_LayerCache(layer, memory, budget) for layer in model.decoder]
    scale = math.sqrt(model.shape.hidden_size)
    results: list[list[int]] = [[] for _ in rows]
    alive = torch.arange(len(rows))
    tokens = torch.full((len(rows),), EOS)
    finished = torch.zeros(len(rows), dtype=torch.bool)
    for at in range(budget):
        states = (model.embedding(tokens) * scale + model.positions[at]).unsqueeze(1)
        for layer, cache in zip(model.decoder, caches):
            states = _step(layer, states, cache, at, mask)
        tokens = (model.decoder_norm(states[:, 0]) @ model.embedding.weight.T).argmax(-1)
        for row, token, over in zip(alive.tolist(), tokens.tolist(), finished.tolist()):
            if not over:
                results[row].append(token)
        finished |= tokens == EOS
        left = int((~finished).sum())
        if left == 0:
            break
        # Rows that are done leave once they are a fifth of the batch: copying the caches each time would cost more.
        if left < 0.8 * len(alive):
            kept = (~finished).nonzero().squeeze(1)
            for cache in caches:
                cache.keep(kept)
            mask = None if mask is None else mask[kept]
            alive, tokens, finished = alive[kept], tokens[kept], finished[kept]
    return results


def greedy_all(model: Translator, rows: list[np.ndarray], tokens: int, rng: random.Random | None = None) -> list[list[int]]:
    """Greedy ids of many rows, in batches of at most ``tokens`` padded source tokens cut from the rows by length."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    results: list[list[int]] = [[] for _ in rows]
    at = 0
    while at < len(order):
        size = 1
        while at + size < len(order) and len(rows[order[at + size]]) * (size + 1) <= tokens:
            size += 1
        part = order[at : at + size]
        # Twice the source and ten more is far beyond any sane translation.
        for i, ids in zip(part, greedy(model, [rows[i] for i in part], 2 * len(rows[part[-1]]) + 10)):
            results[i] = ids
        at += size
    return results


def _repeats(ids: list[int]) -> bool:
    """Whether one to four tokens stand four times in a row, the mark of a loop."""
    return any(
        ids[at : at + width] * 3 == ids[at + width : at + 4 * width]
        for width in range(1, 5) for at in range(len(ids) - 4 * width + 1)
    )


def shard_order(pools: dict[str, list], seed: int) -> list[list[tuple[str, int]]]:
    """Which pairs go into which shard: every shard a random draw from the pools, no pair twice."""
    rng = random.Random(seed)
    orders = {name: rng.sample(range(len(pools[name])), len(pools[name])) for name in POOL_NAMES}
    count = math.ceil(len(orders["text"]) / SHARD["text"])
    return [
        [(name, i) for name in POOL_NAMES for i in orders[name][n * SHARD[name] : (n + 1) * SHARD[name]]] for n in range(count)
    ]


def write_triples(path: Path, triples: list[Triple]) -> None:
    flat = [ids for triple in triples for ids in triple]
    part = path.with_suffix(".part.npz")
    ids = np.concatenate(flat).astype(np.uint16) if flat else np.zeros(0, np.uint16)
    np.savez(part, ids=ids, lengths=np.array([len(ids) for ids in flat], dtype=np.int32))
    part.replace(path)


def read_triples(path: Path) -> list[Triple]:
    """(source, reference, distilled) ids of one shard."""
    with np.load(path) as arrays:
        ids, lengths = arrays["ids"], arrays["lengths"]
    ends = np.cumsum(lengths)
    parts = [ids[end - length : end] for end, length in zip(ends.tolist(), lengths.tolist())]
    return list(zip(parts[0::3], parts[1::3], parts[2::3]))


def shards(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("distilled-*.npz") if ".part" not in path.name)


def write_sources(training: Path, options: TrainOptions, seed: int = 11) -> int:
    """Writes ``sources-NNN.txt``, one source a line, for the suite to translate; returns the number of files."""
    options.out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(training / "tokenizer.json", options.out / "tokenizer.json")
    tokenizer = load_tokenizer(options.out)
    pools = prepare(options, tokenizer.get_vocab_size())
    order = shard_order(pools, seed)
    for n, members in enumerate(order):
        lines = [tokenizer.decode(pools[name][i][0].tolist()) for name, i in members]
        (options.out / f"sources-{n:03d}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(order)


def collect(options: TrainOptions, seed: int = 11) -> None:
    """Writes ``distilled-NNN.npz`` for every ``sources-NNN.de.txt`` that the suite wrote, less failures and loops."""
    tokenizer = load_tokenizer(options.out)
    pools = prepare(options, tokenizer.get_vocab_size())
    for n, members in enumerate(shard_order(pools, seed)):
        path = options.out / f"distilled-{n:03d}.npz"
        translated = options.out / f"sources-{n:03d}.de.txt"
        if path.exists() or not translated.exists():
            continue
        lines = translated.read_text(encoding="utf-8").split("\n")[:-1]
        if len(lines) != len(members):
            raise ValueError(f"{translated} has {len(lines)} lines for {len(members)} sources: translate it again")
        good = []
        for (name, i), encoded in zip(members, tokenizer.encode_batch_fast(lines)):
            ids = [token for token in encoded.ids if token != EOS]
            if ids and len(ids) <= options.max_length and not _repeats(ids):
                source, reference = pools[name][i]
                good.append((source, reference, np.array([*ids, EOS], dtype=np.uint16)))
        write_triples(path, good)
        log.info("%s: %d of %d pairs kept", path.name, len(good), len(members))
