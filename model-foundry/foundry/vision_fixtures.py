"""Tiny random YOLOS, SegFormer and attentive ViT models with what Hugging Face makes of their outputs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import (PreTrainedModel, SegformerConfig, SegformerForSemanticSegmentation, ViTConfig, ViTForImageClassification,
                          YolosConfig, YolosForObjectDetection)
from transformers.image_utils import load_image
from transformers.models.segformer.image_processing_pil_segformer import SegformerImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil
from transformers.models.yolos.image_processing_pil_yolos import YolosImageProcessorPil

from foundry import fixture_pictures, graphs
from foundry.fixture_models import randomize
from foundry.fixture_texts import write_json
from foundry.picture_attention import write_picture_attention


SEED = 84
"""Of the segmenter: no pixel of a picture has two labels closer than 2.5e-5, so that rounding changes none."""

IMAGENET = {"do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
            "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225], "do_resize": True, "resample": 2}
AXES = {0: "batch_size", 1: "num_channels", 2: "height", 3: "width"}


class _Outputs(nn.Module):
    """The named outputs of a model as a tuple."""

    def __init__(self, model: PreTrainedModel, names: tuple[str, ...], **flags: bool) -> None:
        super().__init__()
        self.model, self.names, self.flags = model, names, flags

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        outputs = self.model(pixel_values=pixel_values, **self.flags)
        flat: list[Tensor] = []
        for name in self.names:
            flat += outputs[name] if isinstance(outputs[name], tuple) else [outputs[name]]
        return tuple(flat)


def _names(labels: list[str]) -> dict:
    return {"id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}}


def _save(model: PreTrainedModel, folder: Path, settings: dict) -> None:
    write_json(folder / "config.json", model.config.to_diff_dict() | {"architectures": [type(model).__name__]})
    write_json(folder / "preprocessor_config.json", settings)


def _spread(model: PreTrainedModel, seed: int, std: float) -> None:
    """Random tokens, positions and kernels too, which ``randomize`` leaves as they are made: mostly zero."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 2:
                fan_in = parameter[0].numel() if parameter.dim() == 4 else 1
                parameter.normal_(0, std / fan_in**0.5, generator=generator)


def _balance(model: PreTrainedModel, pixels: list[Tensor]) -> None:
    """Sets the classifier's bias so that no label wins everywhere."""
    with torch.no_grad():
        logits = torch.cat([model(pixel_values=values).logits for values in pixels])
        bias = model.decode_head.classifier.bias
        for _ in range(60):
            share = torch.bincount((logits + bias[:, None, None]).argmax(1).flatten(), minlength=len(bias)) / logits[:, 0].numel()
            bias -= (share - 1 / len(bias)) * logits.std()


def _rounded(values: Tensor) -> list:
    return np.round(values.numpy().astype(np.float64), 6).tolist()


def yolos(folder: Path) -> None:
    labels = ["circle", "square", "triangle"]
    config = YolosConfig(image_size=[48, 64], patch_size=8, hidden_size=32, num_hidden_layers=3, num_attention_heads=4,
                         intermediate_size=64, num_detection_tokens=9, use_mid_position_embeddings=True,
                         attn_implementation="eager", **_names(labels))
    model = YolosForObjectDetection(config)
    randomize(model, 31, 0.35)
    _spread(model, 32, 1.0)
    folder.mkdir(parents=True, exist_ok=True)
    size = {"shortest_edge": 48, "longest_edge": 80}
    _save(model, folder, IMAGENET | {"image_processor_type": "YolosImageProcessor", "do_pad": True, "size": size,
                                     "format": "coco_detection"})
    graphs.export_graph(_Outputs(model, ("logits", "pred_boxes")), {"pixel_values": torch.randn(2, 3, 48, 64)},
                        {"logits": {0: "batch_size", 1: "num_queries"}, "pred_boxes": {0: "batch_size", 1: "num_queries"}},
                        {"pixel_values": AXES}, folder / "onnx" / "model.onnx")
    write_json(folder / "golden-detection.json", _detections(model, YolosImageProcessorPil(size=size), folder, labels))
    larger = YolosImageProcessorPil(size={"shortest_edge": 96, "longest_edge": 160})
    write_json(folder / "golden-detection-96.json", _detections(model, larger, folder, labels))
    write_picture_attention(folder / "onnx")
    write_json(folder / "golden-attention.json", _object_attentions(model, YolosImageProcessorPil(size=size), folder, None))
    write_json(folder / "golden-attention-96.json", _object_attentions(model, larger, folder, 96))


def _detections(model: PreTrainedModel, processor: YolosImageProcessorPil, folder: Path, labels: list[str]) -> list[dict]:
    threshold, cases = 0.5, []
    for path in fixture_pictures.all_pictures(folder.parent):
        image = load_image(str(path))
        if max(image.size) / min(image.size) > 80 / 16:
            continue  # the processor rounds the shorter edge down to nothing and fails
        pixels = processor(image, return_tensors="pt")["pixel_values"]
        with torch.no_grad():
            outputs = model(pixel_values=pixels)
        found = processor.post_process_object_detection(outputs, threshold, [(image.height, image.width)])[0]
        objects = [{"label": labels[int(label)], "score": round(float(score), 6), "box": _rounded(box)}
                   for score, label, box in zip(found["scores"], found["labels"], found["boxes"])]
        cases.append({"image": f"../{path.relative_to(folder.parent)}", "width": image.width, "height": image.height,
                      "input": list(pixels.shape[2:]), "threshold": threshold, "logits": _rounded(outputs.logits[0]),
                      "pred_boxes": _rounded(outputs.pred_boxes[0]), "objects": objects})
    return cases


@torch.no_grad()
def _object_attentions(model: PreTrainedModel, processor: YolosImageProcessorPil, folder: Path, size: int | None) -> list[dict]:
    """What the queries of the objects above a score of 0.5 look at on average, or the best query where there is none."""
    cases = []
    for path in list(fixture_pictures.all_pictures(folder.parent))[:: 1 if size is None else 3]:
        image = load_image(str(path))
        if max(image.size) / min(image.size) > 80 / 16:
            continue
        pixels = processor(image, return_tensors="pt")["pixel_values"]
        outputs = model(pixel_values=pixels, output_attentions=True)
        scores = outputs.logits[0].softmax(-1)[:, :-1].max(-1).values
        queries = np.flatnonzero((scores > 0.5).numpy())
        if len(queries) == 0:
            queries = np.array([int(scores.argmax())])
        rows = len(outputs.attentions[0][0, 0]) - len(scores) + queries
        patches = slice(1, -len(scores))
        layers = [layer[0].numpy().astype(np.float64) for layer in outputs.attentions]
        cases.append({"image": f"../{path.relative_to(folder.parent)}", "width": image.width, "height": image.height, "size": size,
                      "queries": len(queries), "grid": [extent // model.config.patch_size for extent in pixels.shape[2:]],
                      "rollout": np.round(_Rollout(layers).total()[rows].mean(0)[patches], 7).tolist(),
                      "heads": [np.round(layer[:, rows].mean(1)[:, patches], 7).tolist() for layer in layers]})
    return cases


def segformer(folder: Path) -> None:
    labels = ["background", "circle", "square", "triangle", "star"]
    config = SegformerConfig(depths=[1, 1, 1, 1], hidden_sizes=[8, 16, 24, 32], num_attention_heads=[1, 2, 3, 4],
                             decoder_hidden_size=32, attn_implementation="eager", **_names(labels))
    model = SegformerForSemanticSegmentation(config)
    randomize(model, 33, 0.3)
    _spread(model, SEED, 1.2)
    folder.mkdir(parents=True, exist_ok=True)
    size = {"height": 64, "width": 64}
    processor, cases = SegformerImageProcessorPil(size=size), []
    pictures = [(path, load_image(str(path))) for path in fixture_pictures.all_pictures(folder.parent)]
    _balance(model, [processor(image, return_tensors="pt")["pixel_values"] for _, image in pictures])
    _save(model, folder, IMAGENET | {"image_processor_type": "SegformerImageProcessor", "size": size, "do_reduce_labels": False})
    graphs.export_graph(_Outputs(model, ("logits",)), {"pixel_values": torch.randn(2, 3, 64, 64)},
                        {"logits": {0: "batch_size", 2: "height_4", 3: "width_4"}}, {"pixel_values": AXES}, folder / "onnx" / "model.onnx")
    (folder / "expected").mkdir(exist_ok=True)
    for path, image in pictures:
        with torch.no_grad():
            outputs = model(pixel_values=processor(image, return_tensors="pt")["pixel_values"])
        target = (image.height, image.width)
        found = processor.post_process_semantic_segmentation(outputs, [target])[0].numpy().astype(np.uint8)
        upsampled = F.interpolate(outputs.logits, size=target, mode="bilinear", align_corners=False)[0]
        best = upsampled.topk(2, dim=0).values
        margin = float((best[0] - best[1]).min())
        Image.fromarray(found, "L").save(folder / "expected" / f"{path.name}.labels.png")
        outputs.logits.numpy().astype("<f4").tofile(folder / "expected" / f"{path.name}.f32")
        present = [label for label in range(len(labels)) if (found == label).any()]
        cases.append({"image": f"../{path.relative_to(folder.parent)}", "width": image.width, "height": image.height,
                      "logits": f"expected/{path.name}.f32", "shape": list(outputs.logits.shape[1:]),
                      "labels": f"expected/{path.name}.labels.png", "least_margin": margin,
                      "segments": [{"label": labels[label], "area": int((found == label).sum()),
                                    "counts": run_lengths(found == label)} for label in present]})
    write_json(folder / "golden-segmentation.json", cases)


def run_lengths(mask: np.ndarray) -> str:
    """COCO's compressed run lengths of a mask, column by column: differences to the last but one run in 5-bit groups."""
    pixels = mask.astype(np.int8).flatten(order="F")
    edges = np.flatnonzero(np.diff(pixels, prepend=np.int8(0)))
    counts = np.diff(np.concatenate([[0], edges, [pixels.size]])).tolist()
    text = []
    for index, count in enumerate(counts):
        value = count - counts[index - 2] if index > 2 else count
        while True:
            group, value = value & 31, value >> 5
            done = value == (-1 if group & 16 else 0)
            text.append(chr(48 + group + (0 if done else 32)))
            if done:
                break
    return "".join(text)


@dataclass(frozen=True)
class _Rollout:
    """Abnar and Zuidema 2020, arXiv:2005.00928: half attention, half identity, rows to one, multiplied from the first layer on."""

    attentions: list[np.ndarray]

    def total(self) -> np.ndarray:
        total = np.eye(self.attentions[0].shape[-1])
        for layer in self.attentions:
            mixed = 0.5 * layer.mean(axis=0).astype(np.float64) + 0.5 * np.eye(layer.shape[-1])
            total = (mixed / mixed.sum(axis=-1, keepdims=True)) @ total
        return total


def vit_attention(folder: Path) -> None:
    labels = ["circle", "square", "triangle"]
    config = ViTConfig(image_size=32, patch_size=8, hidden_size=32, num_hidden_layers=3, num_attention_heads=2, intermediate_size=64,
                       attn_implementation="eager", **_names(labels))
    model = ViTForImageClassification(config)
    randomize(model, 35, 0.6)
    _spread(model, 36, 1.0)
    folder.mkdir(parents=True, exist_ok=True)
    half = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "size": {"height": 32, "width": 32}}
    _save(model, folder, IMAGENET | half | {"image_processor_type": "ViTImageProcessor"})
    names = [f"attentions.{layer}" for layer in range(config.num_hidden_layers)]
    pixels = {"pixel_values": torch.randn(2, 3, 32, 32)}
    graphs.export_graph(_Outputs(model, ("logits",), interpolate_pos_encoding=True), pixels, {"logits": {0: "batch_size"}},
                        {"pixel_values": AXES}, folder / "onnx" / "model.onnx")
    axes = {0: "batch_size", 2: "tokens", 3: "tokens"}
    graphs.export_graph(_Outputs(model, ("logits", "attentions"), output_attentions=True, interpolate_pos_encoding=True), pixels,
                        {"logits": {0: "batch_size"}} | {name: axes for name in names}, {"pixel_values": AXES},
                        folder / "onnx" / "attention_model.onnx")
    pictures = fixture_pictures.all_pictures(folder.parent)
    write_json(folder / "golden-attention.json", [_class_token(model, folder, path, 32) for path in pictures])
    write_json(folder / "golden-attention-48.json", [_class_token(model, folder, path, 48) for path in list(pictures)[::3]])


@torch.no_grad()
def _class_token(model: PreTrainedModel, folder: Path, path: Path, size: int) -> dict:
    image = load_image(str(path))
    pixels = ViTImageProcessorPil(size={"height": size, "width": size}, resample=2)(image, return_tensors="pt")["pixel_values"]
    outputs = model(pixel_values=pixels, output_attentions=True, interpolate_pos_encoding=True)
    attentions = [layer[0].numpy() for layer in outputs.attentions]
    return {"image": f"../{path.relative_to(folder.parent)}", "width": image.width, "height": image.height, "size": size,
            "grid": [size // 8, size // 8], "rollout": np.round(_Rollout(attentions).total()[0, 1:], 7).tolist(),
            "heads": [np.round(layer[:, 0, 1:].astype(np.float64), 7).tolist() for layer in attentions]}
