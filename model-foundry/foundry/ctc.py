"""Connectionist temporal classification: the loss over a large vocabulary, and the best path of an output."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

_ROWS = 512


def collapse(ids: list[int], blank: int) -> list[int]:
    """Drops repeats, then blanks."""
    return [token for at, token in enumerate(ids) if token != blank and (at == 0 or token != ids[at - 1])]


def frames_needed(target: np.ndarray) -> int:
    """Frames of the shortest path: one a token, and a blank between equal neighbours."""
    return len(target) + int((target[1:] == target[:-1]).sum())


class CtcTargets:
    """The targets of a batch, renumbered row by row: column 0 is the blank, then the row's distinct ids."""

    def __init__(self, targets: list[np.ndarray], blank: int) -> None:
        distinct, renumbered = [], []
        for target in targets:
            ids, places = np.unique(target, return_inverse=True)
            distinct.append(ids)
            renumbered.append(places + 1)
        width = 1 + max(map(len, distinct))
        # Columns that a row does not use repeat the blank; no target names them.
        columns = np.full((len(targets), width), blank, dtype=np.int64)
        for row, ids in enumerate(distinct):
            columns[row, 1 : 1 + len(ids)] = ids
        self.columns = torch.from_numpy(columns)
        self.used = torch.tensor([1 + len(ids) for ids in distinct])
        self.labels = torch.from_numpy(np.concatenate(renumbered))
        self.lengths = torch.tensor([len(target) for target in targets])

    @property
    def tokens(self) -> int:
        return int(self.lengths.sum())


class VocabularyPart:
    """The ids that a batch's loss looks at: the blank, every target id, and a sample that stands for all others."""

    def __init__(self, targets: list[np.ndarray], blank: int, vocab_size: int, others: int, rng: np.random.Generator) -> None:
        named = np.setdiff1d(np.unique(np.concatenate(targets)), [blank])
        rest = np.setdiff1d(np.arange(vocab_size), np.append(named, blank))
        sampled = rng.choice(rest, min(others, len(rest)), replace=False)
        ids = np.concatenate([[blank], named, sampled])
        self.ids = torch.from_numpy(ids)
        # Each sampled id counts for the ids left out beside it, so the sum over the vocabulary is right on average.
        self.correction = torch.zeros(len(ids))
        if len(sampled):
            self.correction[len(named) + 1 :] = float(np.log(len(rest) / len(sampled)))
        places = np.zeros(vocab_size, dtype=np.int64)
        places[ids] = np.arange(len(ids))
        self.targets = CtcTargets([places[target] for target in targets], 0)


class _CtcLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, states: Tensor, weight: Tensor, bias: Tensor, targets: CtcTargets, frames: Tensor) -> Tensor:  # type: ignore[override]
        batch, longest, _ = states.shape
        valid = torch.arange(longest) < frames.unsqueeze(1)
        flat = states[valid]
        row_of = torch.arange(batch).unsqueeze(1).expand(-1, longest)[valid]
        columns, used = targets.columns[row_of], torch.arange(targets.columns.shape[1]) < targets.used[row_of].unsqueeze(1)
        blocks, scores = [], []
        for at in range(0, len(flat), _ROWS):
            probabilities = torch.addmm(bias, flat[at : at + _ROWS], weight.T).softmax(-1)
            scores.append(probabilities.gather(1, columns[at : at + _ROWS]).float())
            blocks.append(probabilities)
        compact = torch.cat(scores).clamp_min(1e-30).log()
        spread = compact.new_zeros(batch, longest, compact.shape[1])
        spread[valid] = compact
        with torch.enable_grad():
            leaf = spread.transpose(0, 1).contiguous().requires_grad_()
            loss = F.ctc_loss(leaf, targets.labels, frames, targets.lengths, reduction="sum", zero_infinity=True)
            (gradient,) = torch.autograd.grad(loss, leaf)
        count = targets.tokens
        # torch's gradient is probability minus posterior; the posteriors of a frame add up to one.
        posterior = (compact.exp() - gradient.transpose(0, 1)[valid]) * used
        state_gradient = torch.empty_like(flat)
        weight_gradient = torch.zeros(weight.shape) if ctx.needs_input_grad[1] else None
        bias_gradient = torch.zeros(bias.shape)
        for n, probabilities in enumerate(blocks):
            part = slice(n * _ROWS, n * _ROWS + len(probabilities))
            mass = posterior[part].sum(1, keepdim=True)
            # A frame of a pair that does not fit has no posterior and no gradient.
            probabilities.mul_((mass > 0.5).to(probabilities.dtype))
            probabilities.scatter_add_(1, columns[part], -posterior[part].to(probabilities.dtype))
            torch.mm(probabilities, weight, out=state_gradient[part])
            bias_gradient += probabilities.sum(0, dtype=torch.float32)
            if weight_gradient is not None:
                weight_gradient += probabilities.T @ flat[part]
        spread_gradient = torch.zeros_like(states)
        spread_gradient[valid] = state_gradient / count
        kept = weight_gradient if weight_gradient is None else (weight_gradient / count).to(weight.dtype)
        ctx.save_for_backward(spread_gradient, kept, (bias_gradient / count).to(bias.dtype))
        return loss.detach() / count

    @staticmethod
    def backward(ctx, gradient: Tensor):  # type: ignore[override]
        states, weight, bias = ctx.saved_tensors
        return states * gradient.to(states.dtype), None if weight is None else weight * gradient.to(weight.dtype), bias * gradient.to(bias.dtype), None, None


def projected_ctc_loss(states: Tensor, weight: Tensor, bias: Tensor, targets: CtcTargets, frames: Tensor) -> Tensor:
    """CTC loss per target token of ``softmax(states @ weight.T + bias)``.

    ``states`` is ``[batch, longest, hidden]``, ``frames`` holds each row's frames. Only the columns that a row's
    target names enter the alignment, so its cost is that of a vocabulary of a few dozen.
    """
    return _CtcLoss.apply(states, weight, bias, targets, frames)
