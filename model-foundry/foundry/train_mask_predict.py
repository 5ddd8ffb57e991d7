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
from torch import Tensor, nn

from foundry.batching import PoolBatches
from foundry.convert import average_snapshots, to_translator
from foundry.deadline import Schedule, train_until
from foundry.distill import Triple
from foundry.losses import projected_cross_entropy
from foundry.mask_predict import best_candidate, length_candidates, refine
from foundry.model import collate, padding_mask
from foundry.optim import MasterOptimizer
from foundry.students import MASK, MaskPredictShape, MaskPredictStudent, copy_places
from foundry.train_students import dev_sample, load_triples
from foundry.vocabulary import PAD, load_tokenizer

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


def mask_tokens(targets: list[np.ndarray], rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Pads targets ``[batch, longest]`` and masks one token to all of each, their number drawn evenly.

    Returns the ids with masks, the ids without, and the lengths.
    """
    lengths = np.array([len(target) for target in targets])
    ids = np.full((len(targets), lengths.max()), PAD, dtype=np.int64)
    masked = np.zeros(ids.shape, dtype=bool)
    for row, target in enumerate(targets):
        ids[row, : len(target)] = target
        chosen = rng.permutation(len(target))[: rng.integers(1, len(target) + 1)]
        masked[row, chosen] = True
    return torch.from_numpy(np.where(masked, MASK, ids)), torch.from_numpy(ids), torch.from_numpy(lengths)


class MaskPredictTrainer:
    """Owns the student and its optimizer; the translation model lends encoder and embedding and stays as it is."""

    def __init__(self, options: MaskPredictOptions) -> None:
        self.options = options
        torch.manual_seed(options.seed)
        trained = average_snapshots(options.out, options.average)
        teacher = to_translator(trained.shape, trained.weights)
        self.student = MaskPredictStudent(trained.shape, MaskPredictShape())
        self.student.decoder.start_from(teacher)
        self.encoder_step = trained.steps
        # The masters are copied before the decoder is rounded. The length predictor, small and a sum of many, stays fp32.
        self.optimizer = MasterOptimizer(self.student.decoder)
        self.length_optimizer = torch.optim.AdamW(self.student.length.parameters(), betas=(0.9, 0.98), weight_decay=0.0)
        self.teacher = teacher.bfloat16().requires_grad_(False)
        self.student.decoder.bfloat16()
        self.step, self.elapsed_before, self.tokens_seen = 0, 0.0, 0
        path = options.out / "mask-predict.pt"
        if options.resume and path.exists():
            state = torch.load(path, weights_only=True)
            self.step, self.elapsed_before, self.tokens_seen = state["step"], state["elapsed"], state["tokens"]
            self.optimizer.load_state_dict(state["optimizer"])
            self.student.length.load_state_dict(state["length"])
            self.length_optimizer.load_state_dict(state["length_optimizer"])
        self.schedule = Schedule(options.minutes)
        pairs = [(source, distilled) for source, _, distilled in load_triples(options.out, 1_000)]
        self.batches = PoolBatches(pairs, options.tokens, random.Random(options.seed + self.step))
        self.random = np.random.default_rng(options.seed + self.step)
        self.losses = {"tokens": 0.0, "length": 0.0}

    def train_step(self, elapsed: float) -> None:
        pairs = next(self.batches)
        batch = collate(pairs)
        ids, wanted, lengths = mask_tokens([target[:-1] for _, target in pairs], self.random)
        with torch.no_grad():
            memory, memory_mask = self.teacher.encode(batch.source, batch.lengths)
        embedding = self.teacher.embedding.weight
        places = copy_places(lengths, batch.lengths, ids.shape[1])
        target_mask = padding_mask(lengths, ids.shape[1], memory.dtype)
        states = self.student.decoder(ids, target_mask, places, embedding, memory, memory_mask)
        masked = ids == MASK
        tokens = projected_cross_entropy(states[masked], embedding, wanted[masked], self.options.smoothing)
        real = (torch.arange(memory.shape[1]) < batch.lengths.unsqueeze(1)).float()
        logits = self.student.length(memory.float(), real)
        length = nn.functional.cross_entropy(logits, lengths.clamp_max(logits.shape[1] - 1))
        values = {"tokens": float(tokens.detach()), "length": float(length.detach())}
        if not all(map(math.isfinite, values.values())):
            raise FloatingPointError(f"loss {values} at step {self.step}: resume from the last checkpoint at a lower rate")
        (tokens + length).backward()
        rate = self.options.rate * self.schedule.factor(self.step, elapsed)
        self.optimizer.step(rate)
        self.length_optimizer.param_groups[0]["lr"] = rate
        self.length_optimizer.step()
        self.length_optimizer.zero_grad()
        self.step += 1
        self.tokens_seen += int(lengths.sum())
        for name, value in values.items():
            self.losses[name] = 0.98 * self.losses[name] + 0.02 * value if self.losses[name] else value

    def describe(self) -> str:
        return " ".join(f"{name} {value:.3f}" for name, value in self.losses.items()) + f" {self.batches.epochs:.2f} epochs"

    @torch.no_grad()
    def evaluate(self) -> str:
        """BLEU on the dev sample with one and four iterations, three length candidates."""
        tokenizer = load_tokenizer(self.options.out)
        pairs, rows = dev_sample(self.options.out, self.options.dev)
        self.student.eval()
        scores = []
        for iterations in (1, 4):
            texts = [tokenizer.decode(self._translate(row, iterations)) for row in rows]
            scores.append(f"{iterations}: {sacrebleu.corpus_bleu(texts, [[pair.target for pair in pairs]]).score:.2f}")
        self.student.train()
        return "dev BLEU by iterations " + " ".join(scores)

    def _translate(self, row: np.ndarray, iterations: int, candidates: int = 3) -> list[int]:
        batch = collate([(row, row)])
        memory, _ = self.teacher.encode(batch.source, batch.lengths)
        logits = self.student.length(memory.float(), torch.ones(memory.shape[:2]))[0]
        lengths = length_candidates(logits.numpy(), candidates)
        repeated = memory.expand(len(lengths), -1, -1)

        def fill(ids: np.ndarray, real: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            counts, embedding = torch.from_numpy(real.sum(1)), self.teacher.embedding.weight
            mask = padding_mask(counts, ids.shape[1], memory.dtype)
            places = copy_places(counts, batch.lengths.expand(len(counts)), ids.shape[1])
            states = self.student.decoder(torch.from_numpy(ids), mask, places, embedding, repeated, None)
            best = (states @ embedding.T).float().log_softmax(-1).max(-1)
            return best.indices.numpy(), best.values.numpy()

        return best_candidate(refine(fill, lengths, iterations, MASK, PAD)).ids

    def save(self, elapsed: float) -> None:
        """Writes the resumable state, replacing the last one whole, and a snapshot of the weights for averaging."""
        state = {"student_shape": self.student.decoder.shape.as_dict(), "step": self.step, "elapsed": elapsed,
                 "tokens": self.tokens_seen, "encoder_step": self.encoder_step}
        part = self.options.out / "mask-predict.pt.part"
        length = {"length": self.student.length.state_dict(), "length_optimizer": self.length_optimizer.state_dict()}
        torch.save(state | length | {"optimizer": self.optimizer.state_dict()}, part)
        part.replace(self.options.out / "mask-predict.pt")
        weights = {f"decoder.{name}": master for name, master in zip(self.optimizer.names, self.optimizer.masters)}
        weights |= {f"length.{name}": value for name, value in length["length"].items()}
        torch.save(state | {"weights": weights}, self.options.out / f"mask-predict-weights-{self.step:07d}.pt")


def train_mask_predict(options: MaskPredictOptions) -> None:
    """Runs one training (or the rest of one) over the averaged model of the joint training in ``out``."""
    train_until(MaskPredictTrainer(options), options.minutes)
