"""Muon for the hidden matrices and AdamW for the rest, on fp32 master copies of bf16 weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)


def orthogonalize(matrices: Tensor, steps: int = 5) -> Tensor:
    """Nearest semi-orthogonal matrices of ``[count, rows, columns]`` by Newton-Schulz (Jordan et al. 2024, Muon)."""
    a, b, c = _NEWTON_SCHULZ
    states = matrices.bfloat16()
    tall = states.shape[1] > states.shape[2]
    if tall:
        states = states.transpose(1, 2)
    states = states / (states.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = states @ states.transpose(1, 2)
        states = a * states + (b * gram + c * gram @ gram) @ states
    return states.transpose(1, 2) if tall else states


class MasterOptimizer:
    """Keeps the fp32 copies, steps on them and writes the rounded weights back into the model."""

    def __init__(self, model: nn.Module, muon_scale: float = 0.4, momentum: float = 0.95, decay: float = 0.02) -> None:
        self.names = [name for name, _ in model.named_parameters()]
        self.weights = [parameter for _, parameter in model.named_parameters()]
        self.masters = [parameter.detach().float().clone() for parameter in self.weights]
        self.muon_scale, self.momentum, self.decay = muon_scale, momentum, decay
        self.hidden = [i for i, name in enumerate(self.names) if self.weights[i].dim() == 2 and "embedding" not in name]
        self.other = [i for i in range(len(self.names)) if i not in set(self.hidden)]
        self.velocity = {i: torch.zeros_like(self.masters[i]) for i in self.hidden}
        self.adam = torch.optim.AdamW(
            [nn.Parameter(self.masters[i]) for i in self.other], betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0, fused=True
        )

    def step(self, rate: float) -> None:
        """One update at learning rate ``rate``; gradients are cleared."""
        self._step_hidden(rate)
        for parameter, i in zip(self.adam.param_groups[0]["params"], self.other):
            parameter.grad = self.weights[i].grad.float()
        self.adam.param_groups[0]["lr"] = rate
        self.adam.step()
        with torch.no_grad():
            for parameter, i in zip(self.adam.param_groups[0]["params"], self.other):
                self.masters[i] = parameter.data
            torch._foreach_copy_(self.weights, self.masters)
        for weight in self.weights:
            weight.grad = None

    @torch.no_grad()
    def _step_hidden(self, rate: float) -> None:
        groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
        updates: dict[int, Tensor] = {}
        for i in self.hidden:
            gradient = self.weights[i].grad.float()
            self.velocity[i].lerp_(gradient, 1 - self.momentum)
            updates[i] = gradient.lerp(self.velocity[i], self.momentum)
            rows, columns = updates[i].shape
            # A packed query-key-value matrix is several matrices: each is made orthogonal on its own.
            parts = rows // columns if rows > columns and "packed" in self.names[i] else 1
            for part in range(parts):
                groups.setdefault((rows // parts, columns), []).append((i, part))
        for (rows, columns), members in groups.items():
            stacked = torch.stack([updates[i][part * rows : (part + 1) * rows] for i, part in members])
            scale = rate * self.muon_scale * max(rows, columns) ** 0.5
            for (i, part), update in zip(members, orthogonalize(stacked)):
                block = self.masters[i][part * rows : (part + 1) * rows]
                block.mul_(1 - rate * self.decay).add_(update, alpha=-scale)

    def state_dict(self) -> dict:
        # Momentum is kept in bf16: half the size on disk, and its noise is below the gradient's.
        return {
            "masters": dict(zip(self.names, self.masters)),
            "velocity": {self.names[i]: value.bfloat16() for i, value in self.velocity.items()},
            "adam": self.adam.state_dict(),
        }

    def load_state_dict(self, state: dict) -> None:
        index = {name: i for i, name in enumerate(self.names)}
        for name, value in state["masters"].items():
            self.masters[index[name]].copy_(value)
        for name, value in state["velocity"].items():
            self.velocity[index[name]].copy_(value.float())
        if state.get("adam") is not None:
            self.adam.load_state_dict(state["adam"])
        with torch.no_grad():
            torch._foreach_copy_(self.weights, self.masters)
