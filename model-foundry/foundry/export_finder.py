"""Writes the trained flag finder as two model packages: boxes with names, and masks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from foundry.countries import labels
from foundry.export import digests, rounded, write_json
from foundry.finder_model import FinderShape, FlagFinder
from foundry.graphs import export_graph
from foundry.greedy import open_session
from foundry.picture_attention import write_picture_attention
from foundry.quantize import check_packable
from foundry.train_finder import SUPPRESSION_IOU, detector_outputs

DETECTOR, SEGMENTER = "triptych-flag-finder", "triptych-flag-mask"
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class FinderInfo:
    """What the manifests say; ``threshold`` is the score from which an object counts where a request names none."""

    threshold: float
    licence: str
    provenance: str


class Detector(nn.Module):
    """``logits`` ``[batch, patches, labels + 1]`` and ``pred_boxes`` ``[batch, patches, 4]`` of normalized pixels, as
    Hugging Face's YOLOS gives them, one query for each patch."""

    def __init__(self, finder: FlagFinder) -> None:
        super().__init__()
        self.finder = finder

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, Tensor]:
        states = self.finder.states(pixel_values, len(self.finder.trunk.layers))
        return detector_outputs(*self.finder.objects(states))


class Segmenter(nn.Module):
    """``logits`` ``[batch, 2, side * cells, side * cells]`` of background and flag; the layers above the mask's are left out."""

    def __init__(self, finder: FlagFinder) -> None:
        super().__init__()
        self.finder = finder

    def forward(self, pixel_values: Tensor) -> Tensor:
        half = self.finder.masks(self.finder.states(pixel_values, self.finder.shape.mask_layer)) / 2
        return torch.cat([-half, half], dim=1)


def load_finder(checkpoint: Path) -> tuple[FlagFinder, dict]:
    """The finder of a training's or the committed ``weights.pt`` in float32, rounded to bfloat16, and the training's record."""
    snapshot = torch.load(checkpoint, weights_only=True)
    finder = FlagFinder(FinderShape.of(snapshot["shape"]))
    # Rounded weights have 16 empty bits, which a repository packs away; the training multiplied with them too.
    finder.load_state_dict({name: value.bfloat16().float() for name, value in snapshot["weights"].items()})
    return finder.eval(), {"steps": snapshot["step"], "minutes": round(snapshot["elapsed"] / 60, 1), "pictures": snapshot["pictures"]}


def export_finder(checkpoint: Path, models: Path, info: FinderInfo) -> dict[str, float]:
    """Writes both packages below ``models``; returns each one's largest difference to PyTorch, and fails above 1e-3."""
    finder, record = load_finder(checkpoint)
    names = dict(enumerate(labels()[: finder.shape.trunk.classes - 1]))
    detection = {"suppression_iou": SUPPRESSION_IOU, "threshold": info.threshold}
    detector = _write(Detector(finder), models / DETECTOR, finder.shape, {
        "model_type": "yolos", "architectures": ["YolosForObjectDetection"], "num_detection_tokens": finder.shape.side**2,
    }, names, "YolosImageProcessor", {"logits": {0: "batch_size"}, "pred_boxes": {0: "batch_size"}})
    _manifest(models / DETECTOR, "object-detection", info, record, {"detection": detection}, detector)
    segmenter = _write(Segmenter(finder), models / SEGMENTER, finder.shape, {
        "model_type": "segformer", "architectures": ["SegformerForSemanticSegmentation"],
    }, {0: "background", 1: "flag"}, "SegformerImageProcessor", {"logits": {0: "batch_size"}})
    _manifest(models / SEGMENTER, "image-segmentation", info, record, {}, segmenter)
    return {DETECTOR: detector, SEGMENTER: segmenter}


def _write(module: nn.Module, out: Path, shape: FinderShape, family: dict, names: dict[int, str], processor: str,
           outputs: dict[str, dict[int, str]]) -> float:
    size, trunk = shape.trunk.image_size, shape.trunk
    graph = out / "onnx" / "model.onnx"
    pixels = torch.rand(3, 3, size, size, generator=torch.Generator().manual_seed(1)) * 2 - 1
    export_graph(module, {"pixel_values": pixels[:2]}, outputs, {"pixel_values": {0: "batch_size"}}, graph)
    check_packable(graph)
    write_json(out / "config.json", family | {
        "image_size": [size, size], "patch_size": trunk.patch_size, "num_channels": 3, "hidden_size": trunk.hidden_size,
        "id2label": names, "label2id": {name: i for i, name in names.items()},
    })
    write_json(out / "preprocessor_config.json", {
        "image_processor_type": processor, "do_resize": True, "size": {"height": size, "width": size}, "resample": 2,
        "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3,
        "do_pad": False,
    })
    with torch.no_grad():
        expected = module(pixels)
    expected = expected if isinstance(expected, tuple) else (expected,)
    got = open_session(graph).run(list(outputs), {"pixel_values": pixels.numpy()})
    _state_extents(graph, [value.shape for value in got])
    difference = max(float(np.abs(ours - theirs.numpy()).max()) for ours, theirs in zip(got, expected))
    if difference > _TOLERANCE:
        raise AssertionError(f"{graph} differs from PyTorch by {difference}")
    write_picture_attention(graph.parent)
    return difference


def _state_extents(graph: Path, shapes: list[tuple[int, ...]]) -> None:
    """Writes the extents that the exporter left open into the outputs; the batch stays open."""
    model = onnx.load(str(graph))
    for output, shape in zip(model.graph.output, shapes, strict=True):
        for dim, extent in zip(output.type.tensor_type.shape.dim[1:], shape[1:], strict=True):
            dim.dim_value = extent
    onnx.save(model, str(graph))


def _manifest(out: Path, task: str, info: FinderInfo, record: dict, more: dict, difference: float) -> None:
    write_json(out / "triptych.json", {"task": task} | more | {
        "licence": info.licence, "provenance": {"data": info.provenance} | record,
        "metrics": {"largest_difference": rounded(difference)}, "sha256": digests(out),
    })
