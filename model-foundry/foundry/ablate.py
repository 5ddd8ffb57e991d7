"""Small trainings that show what a part of the Transformer is for: each takes one part away from the same model."""

from __future__ import annotations

import json
import logging
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from foundry.ablation_model import Ablation, AblationModel
from foundry.corpus import pools, read_pairs, sample
from foundry.model import Batch, collate
from foundry.vocabulary import EOS, PAD, train_tokenizer

log = logging.getLogger("foundry.ablate")

BASELINE = Ablation("Pre-LN, warm-up")
ABLATIONS = (
    BASELINE,
    Ablation("Pre-LN, no warm-up", warmup=False),
    Ablation("Post-LN, warm-up", pre_norm=False),
    Ablation("Post-LN, no warm-up", pre_norm=False, warmup=False),
    Ablation("no positions", positions=False),
    Ablation("one head", heads=1),
)
_PAIRS, _HELD, _VOCABULARY, _LONGEST_WORDS, _LONGEST_TOKENS, _BATCH = 20_000, 300, 2_000, 8, 48, 32
_RATE, _WARMUP_STEPS, _EVERY = 1e-3, 100, 20


def batches(tsv: Path, seed: int = 1) -> tuple[list[Batch], list[Batch], int]:
    """Training batches (an epoch, shuffled), held-out batches and the size of the vocabulary, from short pairs of running text."""
    found, _ = pools(read_pairs(tsv))
    short = [pair for pair in found.text if len(pair.source.split()) <= _LONGEST_WORDS and len(pair.target.split()) <= _LONGEST_WORDS]
    pairs = sample(short, _PAIRS + _HELD, seed)
    tokenizer = train_tokenizer((text for pair in pairs for text in (pair.source, pair.target)), _VOCABULARY)
    encoded = [(np.array(tokenizer.encode(pair.source).ids), np.array(tokenizer.encode(pair.target).ids)) for pair in pairs]
    # A few words may be many tokens, such as a path.
    encoded = [pair for pair in encoded if max(map(len, pair)) <= _LONGEST_TOKENS]

    def cut(part: list, size: int) -> list[Batch]:
        ordered = sorted(part, key=lambda pair: len(pair[0]))
        return [collate(ordered[at : at + size]) for at in range(0, len(ordered), size)]

    training = cut(encoded[_HELD:], _BATCH)
    random.Random(seed).shuffle(training)
    return training, cut(encoded[:_HELD], 100), tokenizer.get_vocab_size()


def loss(model: AblationModel, batch: Batch, source: Tensor | None = None) -> Tensor:
    """Cross-entropy per target token, in nats; ``source`` replaces the batch's own."""
    logits = model(batch.source if source is None else source, batch.decoder_input)
    return F.cross_entropy(logits.flatten(0, 1), batch.labels.flatten(), ignore_index=PAD)


def shuffled(source: Tensor, seed: int = 5) -> Tensor:
    """Rows with their words in another order; the end of the sentence and the padding stay where they are."""
    rng = random.Random(seed)
    result = source.clone()
    for row in result:
        words = [int(token) for token in row if int(token) not in (PAD, EOS)]
        rng.shuffle(words)
        row[: len(words)] = torch.tensor(words, dtype=row.dtype)
    return result


@torch.no_grad()
def measure(model: AblationModel, held: list[Batch]) -> dict[str, float]:
    """Held-out loss on sources as they are and shuffled, and by how much shuffling changes a logit at most."""
    model.eval()
    tokens = sum(batch.target_tokens for batch in held)
    plain = sum(float(loss(model, batch)) * batch.target_tokens for batch in held) / tokens
    mixed = sum(float(loss(model, batch, shuffled(batch.source))) * batch.target_tokens for batch in held) / tokens
    difference = max(float((model(batch.source, batch.decoder_input) - model(shuffled(batch.source), batch.decoder_input))
                           [batch.labels != PAD].abs().max()) for batch in held)
    model.train()
    return {"loss": round(plain, 3), "loss_shuffled": round(mixed, 3), "largest_logit_change": float(f"{difference:.2g}")}


def train_one(ablation: Ablation, training: list[Batch], held: list[Batch], vocab_size: int, steps: int) -> dict:
    """Trains one variant; the curve holds the mean training loss of every twenty steps."""
    torch.manual_seed(3)
    model = AblationModel(ablation, vocab_size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE, betas=(0.9, 0.98), weight_decay=0.0)
    started, curve, recent = time.monotonic(), [], []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(1.0, (step + 1) / _WARMUP_STEPS) if ablation.warmup else _RATE
        value = loss(model, training[step % len(training)])
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        recent.append(float(value.detach()))
        if (step + 1) % _EVERY == 0:
            curve.append(round(sum(recent) / len(recent), 3))
            recent = []
    result = {"name": ablation.name, "steps": steps, "seconds": round(time.monotonic() - started), **measure(model, held), "curve": curve}
    log.info("%s: loss %.3f, shuffled %.3f after %d steps in %d s", ablation.name, result["loss"], result["loss_shuffled"], steps, result["seconds"])
    return result


def plot(results: list[dict], path: Path) -> None:
    """Loss curves as SVG: the same results give the same bytes."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "foundry"
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), sharey=True)
    for axes, title, results_shown in ((left, "Normalization and warm-up", results[:4]), (right, "Parts taken away", [results[0], *results[4:]])):
        for result in results_shown:
            axes.plot([_EVERY * (i + 1) for i in range(len(result["curve"]))], result["curve"], label=result["name"])
        axes.set(title=title, xlabel="step")
        axes.legend(frameon=False)
        axes.grid(alpha=0.3)
    left.set_ylabel("training loss (nats per token)")
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)


def ablate(tsv: Path, out: Path, steps: int) -> None:
    """Trains every variant that ``out`` does not hold yet, and writes ``ablations.json`` and ``ablations.svg``."""
    out.mkdir(parents=True, exist_ok=True)
    record = out / "ablations.json"
    results: list[dict] = json.loads(record.read_text(encoding="utf-8")) if record.exists() else []
    done = {result["name"] for result in results if result["steps"] == steps}
    training, held, vocab_size = batches(tsv)
    for ablation in ABLATIONS:
        if ablation.name not in done:
            results = [result for result in results if result["name"] != ablation.name]
            results.append(train_one(ablation, training, held, vocab_size, steps))
            record.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    order = [ablation.name for ablation in ABLATIONS]
    plot(sorted(results, key=lambda result: order.index(result["name"])), out / "ablations.svg")
