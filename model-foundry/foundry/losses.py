"""Label-smoothed cross-entropy that never holds the whole ``[tokens, vocabulary]`` matrix."""

from __future__ import annotations

import torch
from torch import Tensor

_ROWS = 512


class _ProjectedLoss(torch.autograd.Function):
    """Projects, scores and differentiates block by block, so a block's logits stay in the processor's cache."""

    @staticmethod
    def forward(ctx, states: Tensor, weight: Tensor, labels: Tensor, smoothing: float) -> Tensor:  # type: ignore[override]
        count, vocabulary = len(states), len(weight)
        total = torch.zeros(())
        needs_gradient = any(ctx.needs_input_grad)
        state_gradient = torch.empty_like(states) if needs_gradient else None
        weight_gradient = torch.zeros(weight.shape) if needs_gradient else None
        mean_weight = weight.float().mean(0)
        for at in range(0, count, _ROWS):
            block, wanted = states[at : at + _ROWS], labels[at : at + _ROWS, None]
            logits = block @ weight.T
            target_logit = logits.gather(1, wanted).float()
            probabilities = logits.softmax(-1)
            log_probability = probabilities.gather(1, wanted).float().clamp_min(1e-30).log()
            total -= (1 - smoothing) * log_probability.sum()
            if smoothing:
                mean_log_probability = block.float() @ mean_weight - (target_logit - log_probability).squeeze(1)
                total -= smoothing * mean_log_probability.sum()
            if needs_gradient:
                probabilities.sub_(smoothing / vocabulary)
                probabilities.scatter_add_(1, wanted, torch.full_like(wanted, -1, dtype=logits.dtype) * (1 - smoothing))
                torch.mm(probabilities, weight, out=state_gradient[at : at + _ROWS])
                weight_gradient += probabilities.T @ block
        if needs_gradient:
            ctx.save_for_backward(state_gradient / count, (weight_gradient / count).to(weight.dtype))
        return total / count

    @staticmethod
    def backward(ctx, gradient: Tensor):  # type: ignore[override]
        states, weight = ctx.saved_tensors
        return states * gradient.to(states.dtype), weight * gradient.to(weight.dtype), None, None


def projected_cross_entropy(states: Tensor, weight: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Mean cross-entropy of ``states @ weight.T`` against ``labels``.

    ``states`` is ``[tokens, hidden]``, ``weight`` ``[vocabulary, hidden]``; ``smoothing`` 0 is the plain loss.
    """
    return _ProjectedLoss.apply(states, weight, labels, smoothing)
