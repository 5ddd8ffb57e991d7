"""Trains the mask-predict student and its length predictor over the frozen encoder of a finished training."""

from __future__ import annotations

import logging
import math
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sacrebleu
import torch

from foundry.batching import PoolBatches
from foundry.convert import average_snapshots, averaged, to_translator
from foundry.deadline import Schedule, train_until
from foundry.mask_predict_task import MaskPredictTask
from foundry.model import collate
from foundry.students import MaskPredictShape, MaskPredictStudent
from foundry.train_students import dev_sample, load_triples
from foundry.vocabulary import load_tokenizer

log = logging.getLogger("foundry.train_mask_predict")


@dataclass(frozen=True)
class MaskPredictOptions:
    dev: Path
    out: Path
    minutes: float = 35.0
    rate: float = 2e-3
    average: int = 3
    tokens: int = 4608
    smoothing: float = 0.1
    seed: int = 7
    resume: bool = False


class MaskPredictTrainer:
    """Owns the student and its optimizer; the translation model lends encoder and embedding and stays as it is."""

    def __init__(self, options: MaskPredictOptions) -> None:
        self.options = options
        torch.manual_seed(options.seed)
        trained = average_snapshots(options.out, options.average)
        teacher = to_translator(trained.shape, trained.weights)
        student = MaskPredictStudent(trained.shape, MaskPredictShape())
        snapshots = averaged(options.out, "mask-predict-weights", options.average)
        self.step, self.elapsed_before, self.tokens_seen = 0, 0.0, 0
        if snapshots is None:
            student.decoder.start_from(teacher)
        else:
            student.load_state_dict(snapshots[0])
            # Steps count on, so that the newest snapshots sort last.
            self.step, self.tokens_seen = snapshots[1]["step"], snapshots[1]["tokens"]
        self.encoder_step = trained.steps
        self.task = MaskPredictTask(student, options.smoothing)
        self.teacher = teacher.bfloat16().requires_grad_(False)
        path = options.out / "mask-predict.pt"
        if options.resume and path.exists():
            state = torch.load(path, weights_only=True)
            self.step, self.elapsed_before, self.tokens_seen = state["step"], state["elapsed"], state["tokens"]
            self.task.load_state_dict(state)
        self.first_step = self.step
        self.schedule = Schedule(options.minutes)
        pairs = [(source, distilled) for source, _, distilled in load_triples(options.out, 1_000)]
        self.batches = PoolBatches(pairs, options.tokens, random.Random(options.seed + self.step))
        self.random = np.random.default_rng(options.seed + self.step)
        self.losses = {"tokens": 0.0, "length": 0.0}

    def train_step(self, elapsed: float) -> None:
        pairs = next(self.batches)
        batch = collate(pairs)
        with torch.no_grad():
            memory, memory_mask = self.teacher.encode(batch.source, batch.lengths)
        losses = self.task.losses(self.teacher.embedding.weight, memory, memory_mask, batch.lengths,
                                  [target[:-1] for _, target in pairs], self.random)
        values = {name: float(loss.detach()) for name, loss in losses.items()}
        if not all(map(math.isfinite, values.values())):
            raise FloatingPointError(f"loss {values} at step {self.step}: resume from the last checkpoint at a lower rate")
        sum(losses.values()).backward()
        self.task.step(self.options.rate * self.schedule.factor(self.step - self.first_step, elapsed))
        self.step += 1
        self.tokens_seen += batch.target_tokens
        for name, value in values.items():
            self.losses[name] = 0.98 * self.losses[name] + 0.02 * value if self.losses[name] else value

    def describe(self) -> str:
        return " ".join(f"{name} {value:.3f}" for name, value in self.losses.items()) + f" {self.batches.epochs:.2f} epochs"

    @torch.no_grad()
    def evaluate(self) -> str:
        """BLEU on the dev sample with one and four iterations, three length candidates."""
        tokenizer = load_tokenizer(self.options.out)
        pairs, rows = dev_sample(self.options.out, self.options.dev)
        scores = []
        for iterations in (1, 4):
            texts = [tokenizer.decode(self._translate(row, iterations)) for row in rows]
            scores.append(f"{iterations}: {sacrebleu.corpus_bleu(texts, [[pair.target for pair in pairs]]).score:.2f}")
        return "dev BLEU by iterations " + " ".join(scores)

    def _translate(self, row: np.ndarray, iterations: int) -> list[int]:
        batch = collate([(row, row)])
        memory, _ = self.teacher.encode(batch.source, batch.lengths)
        return self.task.translate(self.teacher.embedding.weight, memory, iterations)

    def save(self, elapsed: float) -> None:
        """Writes the resumable state, replacing the last one whole, and a snapshot of the weights for averaging."""
        state = {"student_shape": self.task.student.decoder.shape.as_dict(), "step": self.step, "elapsed": elapsed,
                 "tokens": self.tokens_seen, "encoder_step": self.encoder_step}
        part = self.options.out / "mask-predict.pt.part"
        torch.save(state | self.task.state_dict(), part)
        part.replace(self.options.out / "mask-predict.pt")
        path = self.options.out / f"mask-predict-weights-{self.step:07d}.pt"
        torch.save(state | {"weights": self.task.weights()}, path)


def train_mask_predict(options: MaskPredictOptions) -> None:
    """Runs one training (or the rest of one) over the averaged model of the joint training in ``out``."""
    train_until(MaskPredictTrainer(options), options.minutes)
