"""Trains a translation model further together with both students over the same encoder, against a deadline."""

from __future__ import annotations

import logging
import math
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sacrebleu
import torch
from torch import Tensor

from foundry.batching import PoolBatches
from foundry.corpus import Pair, read_pairs, sample
from foundry.ctc import VocabularyPart, collapse, frames_needed, projected_ctc_loss
from foundry.deadline import Schedule, train_until
from foundry.distill import Triple, greedy_all, load_model, read_triples, shards
from foundry.losses import projected_cross_entropy
from foundry.mask_predict_task import MaskPredictTask
from foundry.model import Translator, collate
from foundry.optim import MasterOptimizer
from foundry.students import BLANK, CtcDecoder, CtcShape, MaskPredictShape, MaskPredictStudent
from foundry.vocabulary import PAD, load_tokenizer

log = logging.getLogger("foundry.train_students")


@dataclass(frozen=True)
class StudentOptions:
    teacher: Path
    dev: Path
    out: Path
    minutes: float = 70.0
    rate: float = 1e-3
    student_rate: float = 2e-3
    frozen_minutes: float = 5.0
    tokens: int = 4608
    sampled_ids: int = 1500
    smoothing: float = 0.1
    seed: int = 7
    resume: bool = False


def load_triples(folder: Path, upsampling: int) -> list[Triple]:
    """All distilled triples of a folder whose distilled target fits the frames of its source."""
    triples = [triple for path in shards(folder) for triple in read_triples(path)]
    fitting = [t for t in triples if len(t[2]) > 1 and frames_needed(t[2][:-1]) <= upsampling * len(t[0])]
    log.info("%d triples, %.2f %% do not fit %d frames a source token", len(fitting),
             100 * (1 - len(fitting) / max(1, len(triples))), upsampling)
    return fitting


def dev_sample(training: Path, dev: Path, count: int = 300) -> tuple[list[Pair], list[np.ndarray]]:
    """A fixed dev sample without the free dialogue, sorted by length, and its source ids."""
    tokenizer = load_tokenizer(training)
    pairs = sample([pair for pair in read_pairs(dev) if pair.origin != "wesnoth"], count, 3)
    encoded = [np.array(tokenizer.encode(pair.source).ids) for pair in pairs]
    order = sorted(range(len(pairs)), key=lambda i: len(encoded[i]))
    return [pairs[i] for i in order], [encoded[i] for i in order]


def draft_loss(student: CtcDecoder, embedding: Tensor, memory: Tensor, lengths: Tensor, triples: list[Triple],
               sampled_ids: int, rng: np.random.Generator) -> Tensor:
    """CTC loss per token of the distilled targets, over a part of the vocabulary."""
    targets = [distilled[:-1].astype(np.int64) for _, _, distilled in triples]
    part = VocabularyPart(targets, BLANK, len(embedding), sampled_ids, rng)
    states, frames = student(memory, lengths)
    bias = student.bias[part.ids] + part.correction.to(states.dtype)
    return projected_ctc_loss(states, embedding[part.ids], bias, part.targets, frames)


@torch.no_grad()
def drafts(model: Translator, student: CtcDecoder, rows: list[np.ndarray]) -> list[list[int]]:
    """The collapsed best paths of rows that are sorted by length."""
    found: list[list[int]] = []
    for at in range(0, len(rows), 50):
        batch = collate([(row, row) for row in rows[at : at + 50]])
        memory, _ = model.encode(batch.source, batch.lengths)
        found += [collapse(path, BLANK) for path in student.best_path(model, memory, batch.lengths)]
    return found


class JointTrainer:
    """Owns the models and their optimizers. For the first minutes only the students learn, the encoder as it is."""

    def __init__(self, options: StudentOptions) -> None:
        self.options = options
        torch.manual_seed(options.seed)
        self.model = load_model(options.teacher).train()
        self.student = CtcDecoder(self.model.shape, CtcShape())
        mask_predict = MaskPredictStudent(self.model.shape, MaskPredictShape())
        mask_predict.decoder.start_from(self.model)
        # The masters are copied before the models are rounded.
        self.mask_predict = MaskPredictTask(mask_predict, options.smoothing)
        self.optimizers = [MasterOptimizer(self.model), MasterOptimizer(self.student)]
        self.model.bfloat16(), self.student.bfloat16()
        self.step, self.joint_step, self.elapsed_before, self.tokens_seen = 0, 0, 0.0, 0
        path = options.out / "checkpoint.pt"
        if options.resume and path.exists():
            state = torch.load(path, weights_only=True)
            self.step, self.joint_step = state["step"], state["joint_step"]
            self.elapsed_before, self.tokens_seen = state["elapsed"], state["tokens"]
            self.optimizers[0].load_state_dict(state["optimizer"])
            self.optimizers[1].load_state_dict(state["student_optimizer"])
            if "mask_predict" in state:
                self.mask_predict.load_state_dict(state["mask_predict"])
        self.first_step, self.first_joint_step = self.step, self.joint_step
        self.schedule = Schedule(options.minutes)
        self._read_shards()
        self.negatives = np.random.default_rng(options.seed + self.step)
        self.losses = {"ar": 0.0, "ctc": 0.0, "tokens": 0.0, "length": 0.0}

    def _read_shards(self) -> None:
        self.shards = len(shards(self.options.out))
        triples = load_triples(self.options.out, self.student.shape.upsampling)
        self.batches = PoolBatches(triples, self.options.tokens, random.Random(self.options.seed + self.step))

    def train_step(self, elapsed: float) -> None:
        options = self.options
        joint = elapsed >= options.frozen_minutes * 60
        triples = next(self.batches)
        batch = collate([(source, reference) for source, reference, _ in triples])
        with torch.set_grad_enabled(joint):
            memory, mask = self.model.encode(batch.source, batch.lengths)
        embedding = self.model.embedding.weight if joint else self.model.embedding.weight.detach()
        ctc = draft_loss(self.student, embedding, memory, batch.lengths, triples, options.sampled_ids, self.negatives)
        refined = self.mask_predict.losses(embedding, memory, mask, batch.lengths,
                                           [distilled[:-1] for _, _, distilled in triples], self.negatives)
        loss = ctc + refined["tokens"] + refined["length"]
        values = {"ctc": float(ctc.detach())} | {name: float(value.detach()) for name, value in refined.items()}
        if joint:
            states = self.model.decode(batch.decoder_input, memory, mask)
            kept = batch.labels != PAD
            own = projected_cross_entropy(states[kept], embedding, batch.labels[kept], options.smoothing)
            values["ar"] = float(own.detach())
            loss = loss + own
        if not all(map(math.isfinite, values.values())):
            raise FloatingPointError(f"loss {values} at step {self.step}: resume from the last checkpoint at a lower rate")
        loss.backward()
        # A resumed run warms up again: momentum is not packed.
        student_rate = options.student_rate * self.schedule.factor(self.step - self.first_step, elapsed)
        self.optimizers[1].step(student_rate)
        self.mask_predict.step(student_rate)
        if joint:
            self.optimizers[0].step(options.rate * self.schedule.factor(self.joint_step - self.first_joint_step, elapsed))
            self.joint_step += 1
        self.step += 1
        self.tokens_seen += batch.target_tokens
        for name, value in values.items():
            self.losses[name] = 0.98 * self.losses[name] + 0.02 * value if self.losses[name] else value

    def describe(self) -> str:
        return " ".join(f"{name} {value:.3f}" for name, value in self.losses.items()) + f" {self.batches.epochs:.2f} epochs"

    def evaluate(self) -> str:
        """BLEU of the three decoders on the dev sample."""
        tokenizer = load_tokenizer(self.options.out)
        pairs, rows = dev_sample(self.options.out, self.options.dev)
        references = [[pair.target for pair in pairs]]
        self.model.eval(), self.student.eval()
        outputs = [greedy_all(self.model, rows, 2048), drafts(self.model, self.student, rows), self._refined(rows)]
        self.model.train(), self.student.train()
        bleu = [sacrebleu.corpus_bleu([tokenizer.decode(ids) for ids in found], references).score for found in outputs]
        return f"dev BLEU ar {bleu[0]:.2f} ctc {bleu[1]:.2f} mask-predict {bleu[2]:.2f}"

    @torch.no_grad()
    def _refined(self, rows: list[np.ndarray], iterations: int = 4) -> list[list[int]]:
        found = []
        for row in rows:
            batch = collate([(row, row)])
            memory, _ = self.model.encode(batch.source, batch.lengths)
            found.append(self.mask_predict.translate(self.model.embedding.weight, memory, iterations))
        return found

    def save(self, elapsed: float) -> None:
        """Writes the resumable state, replacing the last one whole, and a snapshot of the weights for averaging."""
        state = {
            "shape": self.model.shape.as_dict(), "student_shape": self.student.shape.as_dict(), "step": self.step,
            "joint_step": self.joint_step, "elapsed": elapsed, "tokens": self.tokens_seen,
        }
        part = self.options.out / "checkpoint.pt.part"
        optimizers = {"optimizer": self.optimizers[0].state_dict(), "student_optimizer": self.optimizers[1].state_dict(),
                      "mask_predict": self.mask_predict.state_dict()}
        torch.save(state | optimizers, part)
        part.replace(self.options.out / "checkpoint.pt")
        for name, optimizer in (("weights", self.optimizers[0]), ("ctc-weights", self.optimizers[1])):
            weights = dict(zip(optimizer.names, optimizer.masters))
            torch.save(state | {"weights": weights}, self.options.out / f"{name}-{self.step:07d}.pt")
        refiner = {"student_shape": self.mask_predict.student.decoder.shape.as_dict(), "encoder_step": self.step,
                   "weights": self.mask_predict.weights()}
        torch.save(state | refiner, self.options.out / f"mask-predict-weights-{self.step:07d}.pt")
        # Distilling may go on beside the training.
        if len(shards(self.options.out)) > self.shards:
            self._read_shards()


def train_students(options: StudentOptions) -> None:
    """Runs one joint training (or the rest of one) on the triples that lie in ``out``."""
    train_until(JointTrainer(options), options.minutes)
