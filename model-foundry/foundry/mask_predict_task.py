"""What the trainings of the mask-predict student share: its losses, its optimizers, its state and its translations."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from foundry.losses import projected_cross_entropy
from foundry.mask_predict import best_candidate, length_candidates, refine
from foundry.model import padding_mask
from foundry.optim import MasterOptimizer
from foundry.students import MASK, MaskPredictStudent, copy_places
from foundry.vocabulary import PAD


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


class MaskPredictTask:
    """Owns the student and its optimizers. The length predictor, small and a sum of many, stays fp32."""

    def __init__(self, student: MaskPredictStudent, smoothing: float) -> None:
        self.student, self.smoothing = student, smoothing
        # The masters are copied before the decoder is rounded.
        self.optimizer = MasterOptimizer(student.decoder)
        self.length_optimizer = torch.optim.AdamW(student.length.parameters(), betas=(0.9, 0.98), weight_decay=0.0)
        student.decoder.bfloat16()

    def losses(self, embedding: Tensor, memory: Tensor, memory_mask: Tensor | None, source_lengths: Tensor,
               targets: list[np.ndarray], rng: np.random.Generator) -> dict[str, Tensor]:
        """Cross-entropy of masked tokens and of lengths; ``memory`` is ``[batch, length, hidden]``."""
        ids, wanted, lengths = mask_tokens(targets, rng)
        places = copy_places(lengths, source_lengths, ids.shape[1])
        target_mask = padding_mask(lengths, ids.shape[1], memory.dtype)
        states = self.student.decoder(ids, target_mask, places, embedding, memory, memory_mask)
        masked = ids == MASK
        tokens = projected_cross_entropy(states[masked], embedding, wanted[masked], self.smoothing)
        real = (torch.arange(memory.shape[1]) < source_lengths.unsqueeze(1)).float()
        # Lengths are no reason to change the encoder.
        logits = self.student.length(memory.detach().float(), real)
        return {"tokens": tokens, "length": nn.functional.cross_entropy(logits, lengths.clamp_max(logits.shape[1] - 1))}

    def step(self, rate: float) -> None:
        """One update at learning rate ``rate``; gradients are cleared."""
        self.optimizer.step(rate)
        self.length_optimizer.param_groups[0]["lr"] = rate
        self.length_optimizer.step()
        self.length_optimizer.zero_grad()

    @torch.no_grad()
    def translate(self, embedding: Tensor, memory: Tensor, iterations: int, candidates: int = 3) -> list[int]:
        """Ids of one row from its encoder states ``[1, length, hidden]``."""
        logits = self.student.length(memory.float(), torch.ones(memory.shape[:2]))[0]
        lengths = length_candidates(logits.numpy(), candidates)
        repeated = memory.expand(len(lengths), -1, -1)

        def fill(ids: np.ndarray, real: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            counts = torch.from_numpy(real.sum(1))
            mask = padding_mask(counts, ids.shape[1], memory.dtype)
            places = copy_places(counts, torch.tensor([memory.shape[1]]).expand(len(counts)), ids.shape[1])
            states = self.student.decoder(torch.from_numpy(ids), mask, places, embedding, repeated, None)
            best = (states @ embedding.T).float().log_softmax(-1).max(-1)
            return best.indices.numpy(), best.values.numpy()

        return best_candidate(refine(fill, lengths, iterations, MASK, PAD)).ids

    def state_dict(self) -> dict:
        return {"optimizer": self.optimizer.state_dict(), "length": self.student.length.state_dict(),
                "length_optimizer": self.length_optimizer.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        self.optimizer.load_state_dict(state["optimizer"])
        self.student.length.load_state_dict(state["length"])
        self.length_optimizer.load_state_dict(state["length_optimizer"])

    def weights(self) -> dict[str, Tensor]:
        """fp32 weights by the student's names."""
        found = {f"decoder.{name}": master for name, master in zip(self.optimizer.names, self.optimizer.masters)}
        return found | {f"length.{name}": value for name, value in self.student.length.state_dict().items()}
