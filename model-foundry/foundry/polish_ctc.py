"""Trains the CTC student on over the averaged encoder of a finished joint training: three times as fast as jointly."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sacrebleu
import torch

from foundry.batching import PoolBatches
from foundry.deadline import Schedule, train_until
from foundry.export_students import load_students
from foundry.model import collate
from foundry.optim import MasterOptimizer
from foundry.train_students import dev_sample, draft_loss, drafts, load_triples
from foundry.vocabulary import load_tokenizer


@dataclass(frozen=True)
class PolishOptions:
    dev: Path
    out: Path
    minutes: float = 15.0
    rate: float = 1e-3
    average: int = 3
    tokens: int = 4608
    sampled_ids: int = 1500
    seed: int = 8


class CtcPolisher:
    """Owns the student and its optimizer; the translation model lends encoder and embedding and stays as it is."""

    def __init__(self, options: PolishOptions) -> None:
        self.options = options
        students = load_students(options.out, options.average)
        if students.ctc is None:
            raise FileNotFoundError(f"{options.out} holds no ctc-weights-*.pt: run train-students first")
        last = torch.load(sorted(options.out.glob("ctc-weights-*.pt"))[-1], weights_only=True)
        # Steps count on, so that the newest snapshots sort last.
        self.step, self.first_step, self.elapsed_before, self.tokens_seen = last["step"], last["step"], 0.0, last["tokens"]
        self.student = students.ctc
        self.optimizer = MasterOptimizer(self.student)
        self.model = students.model.bfloat16().requires_grad_(False)
        self.student.bfloat16()
        self.schedule = Schedule(options.minutes, warmup_steps=50, cooldown=1.0)
        triples = load_triples(options.out, self.student.shape.upsampling)
        self.batches = PoolBatches(triples, options.tokens, random.Random(options.seed))
        self.negatives = np.random.default_rng(options.seed)
        self.loss = 0.0

    def train_step(self, elapsed: float) -> None:
        triples = next(self.batches)
        batch = collate([(source, distilled) for source, _, distilled in triples])
        with torch.no_grad():
            memory, _ = self.model.encode(batch.source, batch.lengths)
        embedding = self.model.embedding.weight
        loss = draft_loss(self.student, embedding, memory, batch.lengths, triples, self.options.sampled_ids, self.negatives)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise FloatingPointError(f"loss {value} at step {self.step}: start again at a lower rate")
        loss.backward()
        self.optimizer.step(self.options.rate * self.schedule.factor(self.step - self.first_step, elapsed))
        self.step += 1
        self.tokens_seen += batch.target_tokens
        self.loss = 0.98 * self.loss + 0.02 * value if self.loss else value

    def describe(self) -> str:
        return f"ctc {self.loss:.3f} {self.batches.epochs:.2f} epochs"

    def evaluate(self) -> str:
        """BLEU of the collapsed best path on the dev sample."""
        tokenizer = load_tokenizer(self.options.out)
        pairs, rows = dev_sample(self.options.out, self.options.dev)
        texts = [tokenizer.decode(ids) for ids in drafts(self.model, self.student, rows)]
        return f"dev BLEU ctc {sacrebleu.corpus_bleu(texts, [[pair.target for pair in pairs]]).score:.2f}"

    def save(self, elapsed: float) -> None:
        """Writes a snapshot of the weights for averaging."""
        weights = dict(zip(self.optimizer.names, self.optimizer.masters))
        state = {"student_shape": self.student.shape.as_dict(), "step": self.step, "tokens": self.tokens_seen, "weights": weights}
        torch.save(state, self.options.out / f"ctc-weights-{self.step:07d}.pt")


def polish_ctc(options: PolishOptions) -> None:
    """Trains from the averaged student for the whole time; interrupted, it starts again from the newest snapshots."""
    train_until(CtcPolisher(options), options.minutes)
