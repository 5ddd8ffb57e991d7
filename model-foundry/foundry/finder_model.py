"""Finds flags: the classifier's trunk over a larger picture, with a mask, a class and a box from every patch."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from foundry.vision_model import FlagClassifier, VisionShape


@dataclass(frozen=True)
class FinderShape:
    """``mask_layer`` is the layer whose states give the mask, so that segmentation needs no deeper one; ``cells`` the
    mask's resolution, in cells along the side of a patch."""

    trunk: VisionShape
    mask_layer: int = 4
    cells: int = 4

    def as_dict(self) -> dict:
        return asdict(self)

    @staticmethod
    def of(values: dict) -> FinderShape:
        return FinderShape(VisionShape(**values["trunk"]), values["mask_layer"], values["cells"])

    @property
    def side(self) -> int:
        """Patches along the side of the picture."""
        return self.trunk.image_size // self.trunk.patch_size


class FlagFinder(nn.Module):
    """One pass for both tasks.

    Boxes are distances from a patch's center to left, top, right and bottom (Tian et al. 2019, FCOS), as shares of the
    picture; a patch's score is the chance that it shows a flag whose box it knows, taught by the overlap reached.
    """

    def __init__(self, shape: FinderShape) -> None:
        super().__init__()
        self.shape = shape
        self.trunk = FlagClassifier(shape.trunk)
        width = shape.trunk.hidden_size
        self.mask_norm = nn.LayerNorm(width)
        self.mask_embedding = nn.Linear(width, shape.cells**2)
        self.box_hidden = nn.Linear(width, width)
        self.box_embedding = nn.Linear(width, 4)
        self.score_embedding = nn.Linear(width, 1)
        for head in (self.mask_embedding, self.box_embedding, self.score_embedding):
            nn.init.normal_(head.weight, std=0.01)
            nn.init.zeros_(head.bias)
        nn.init.constant_(self.box_embedding.bias, -1.5)
        nn.init.constant_(self.score_embedding.bias, -2.0)

    def states(self, pixels: Tensor, last_layer: int) -> Tensor:
        """States of the patches ``[batch, patches, width]`` after ``last_layer`` layers."""
        trunk = self.trunk
        states = trunk.patch(trunk.patches(pixels))
        states = torch.cat([trunk.class_token.expand(states.shape[0], -1, -1), states], dim=1) + trunk.position_embedding
        for layer in trunk.layers[:last_layer]:
            states = layer(states, None, None, None)
        return states

    def masks(self, states: Tensor) -> Tensor:
        """Logits ``[batch, 1, side * cells, side * cells]`` of states after ``mask_layer``: one linear map per patch."""
        shape = self.shape
        cells = self.mask_embedding(self.mask_norm(states[:, 1:]))
        cells = cells.reshape(-1, shape.side, shape.side, shape.cells, shape.cells).transpose(2, 3)
        return cells.reshape(-1, 1, shape.side * shape.cells, shape.side * shape.cells)

    def objects(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of states after the last layer: class logits ``[batch, patches, countries]`` (no column for "no flag"), score
        logits ``[batch, patches]`` and boxes ``[batch, patches, 4]`` as left, top, right, bottom in shares of the picture."""
        states = self.trunk.norm(states[:, 1:])
        classes = self.trunk.class_embedding(states)[..., :-1]
        distances = F.softplus(self.box_embedding(F.gelu(self.box_hidden(states))).float())
        return classes, self.score_embedding(states).squeeze(-1), self.boxes(distances)

    def boxes(self, distances: Tensor) -> Tensor:
        centers = patch_centers(self.shape.side)
        return torch.cat([centers - distances[..., :2], centers + distances[..., 2:]], dim=-1)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        middle = self.states(pixels, self.shape.mask_layer)
        last = middle
        for layer in self.trunk.layers[self.shape.mask_layer :]:
            last = layer(last, None, None, None)
        return self.masks(middle), *self.objects(last)


def patch_centers(side: int) -> Tensor:
    """Centers of the patches ``[side * side, 2]`` as x, y in shares of the picture."""
    line = (torch.arange(side, dtype=torch.float32) + 0.5) / side
    return torch.stack([line.repeat(side), line.repeat_interleave(side)], dim=1)


def grow(weights: dict[str, Tensor], small: VisionShape, size: int) -> tuple[VisionShape, dict[str, Tensor]]:
    """The classifier for a larger picture: positions interpolated bicubically, all else as it is."""
    shape = VisionShape(**(small.as_dict() | {"image_size": size}))
    positions = weights["position_embedding"]
    old, new = small.image_size // small.patch_size, size // small.patch_size
    grid = positions[:, 1:].reshape(1, old, old, -1).permute(0, 3, 1, 2)
    grid = F.interpolate(grid, size=(new, new), mode="bicubic", align_corners=False)
    grown = torch.cat([positions[:, :1], grid.permute(0, 2, 3, 1).reshape(1, new * new, -1)], dim=1)
    return shape, weights | {"position_embedding": grown}
