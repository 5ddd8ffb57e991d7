"""Graphs of Hugging Face's detectors and segmenters, for pictures of any size that their patches divide."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoModelForObjectDetection, AutoModelForSemanticSegmentation, PreTrainedModel

from foundry.graphs import export_graph
from foundry.greedy import open_session

TASKS = {"yolos": "object-detection", "segformer": "image-segmentation"}
CLASSES = {"yolos": AutoModelForObjectDetection, "segformer": AutoModelForSemanticSegmentation}

_OUTPUTS: dict[str, dict[str, dict[int, str]]] = {
    "yolos": {"logits": {0: "batch_size", 1: "num_queries"}, "pred_boxes": {0: "batch_size", 1: "num_queries"}},
    "segformer": {"logits": {0: "batch_size", 2: "height_4", 3: "width_4"}},
}
_TOLERANCE = 1e-3
# SegFormer halves a picture five times.
_SEGFORMER_STEP = 32


class _Named(nn.Module):
    def __init__(self, model: PreTrainedModel, names: list[str]) -> None:
        super().__init__()
        self.model, self.names = model, names

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        outputs = self.model(pixel_values=pixel_values)
        return tuple(outputs[name] for name in self.names)


def _sizes(model: PreTrainedModel) -> list[tuple[int, int]]:
    """What the graph is traced with, then another size that it must take as well, height first."""
    config = model.config
    if config.model_type == "segformer":
        return [(2 * _SEGFORMER_STEP, 2 * _SEGFORMER_STEP), (2 * _SEGFORMER_STEP, 3 * _SEGFORMER_STEP)]
    own = config.image_size
    height, width = (own, own) if isinstance(own, int) else own
    return [(height, width), (height + config.patch_size, width + 2 * config.patch_size)]


def export_pictures(model: PreTrainedModel, folder: Path) -> None:
    """Writes ``model.onnx``."""
    outputs = _OUTPUTS[model.config.model_type]
    height, width = _sizes(model)[0]
    axes = {0: "batch_size", 1: "num_channels", 2: "height", 3: "width"}
    pixels = torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(0))
    export_graph(_Named(model, list(outputs)), {"pixel_values": pixels}, outputs, {"pixel_values": axes}, folder / "model.onnx")


@torch.no_grad()
def compare_pictures(model: PreTrainedModel, out: Path, suffix: str = "", tolerance: float = _TOLERANCE) -> None:
    """Fails where the written graph of that suffix and PyTorch disagree, at either size."""
    names = list(_OUTPUTS[model.config.model_type])
    session = open_session(out / "onnx" / f"model{suffix}.onnx")
    generator = torch.Generator().manual_seed(1)
    for height, width in _sizes(model):
        pixels = torch.randn(2, 3, height, width, generator=generator)
        expected = model(pixel_values=pixels)
        for name, got in zip(names, session.run(names, {"pixel_values": pixels.numpy()})):
            difference = float(np.abs(got - expected[name].numpy()).max())
            if not difference <= tolerance * max(1.0, float(expected[name].abs().max())):
                raise AssertionError(f"the graph's {name} differ from PyTorch's by {difference} at {height} x {width} pixels")
