"""Writes the trained flag classifier as a model package, and scores it on drawings it never saw."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import ViTForImageClassification

from foundry.compose import NO_FLAG_CLASS, Art, Composer, Difficulty, load_art
from foundry.countries import CODES, labels
from foundry.export import digests, rounded, write_json
from foundry.flag_art import TEST_SETS, TRAIN_SETS
from foundry.graphs import export_resizable_classifier
from foundry.greedy import open_session
from foundry.quantize import check_packable, store_weights_once
from foundry.train_vision import normalize
from foundry.vision_model import FlagClassifier, VisionShape, vit_to_hugging_face

WEIGHTS = "model.onnx_data"
SIZES = (64, 96, 128, 160, 192, 256)
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class FlagInfo:
    """What the manifest says, and how much is added to the logit of "no flag"."""

    licence: str
    provenance: str
    no_flag_bias: float = 0.0


def export_flags(training: Path, out: Path, info: FlagInfo) -> float:
    """Writes settings, both graphs over one file of weights, and the manifest; returns the largest difference between the graphs
    and PyTorch at several sizes of picture, and fails above 1e-3."""
    snapshot = torch.load(training / "weights.pt", weights_only=True)
    shape = VisionShape(**snapshot["shape"])
    # Rounded weights have 16 empty bits, which a repository packs away; the training multiplied with them too.
    weights = {name: value.bfloat16().float() for name, value in snapshot["weights"].items()}
    weights["class_embedding.bias"][NO_FLAG_CLASS] += info.no_flag_bias
    own = FlagClassifier(shape)
    own.load_state_dict(weights)
    own.eval()
    model = vit_to_hugging_face(shape, weights, labels())
    graphs = out / "onnx"
    graphs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        paths = export_resizable_classifier(model, Path(scratch))
        for path in paths:
            check_packable(path)
        store_weights_once(paths, WEIGHTS)
        for path in [*paths, Path(scratch) / WEIGHTS]:
            shutil.copyfile(path, graphs / path.name)
    difference = max(_difference(graphs / path.name, model, own) for path in paths)
    if difference > _TOLERANCE:
        raise AssertionError(f"the graphs differ from the trained model by {difference}")
    write_json(out / "config.json", model.config.to_diff_dict() | {"architectures": ["ViTForImageClassification"]})
    size = {"height": shape.image_size, "width": shape.image_size}
    write_json(out / "preprocessor_config.json", {
        "image_processor_type": "ViTImageProcessor", "do_resize": True, "size": size, "resample": 2, "do_rescale": True,
        "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3,
    })
    write_json(out / "triptych.json", {
        "task": "image-classification", "licence": info.licence,
        "provenance": {"data": info.provenance, "steps": snapshot["step"], "minutes": round(snapshot["elapsed"] / 60, 1),
                       "pictures": snapshot["pictures"]} | ({"no_flag_bias": info.no_flag_bias} if info.no_flag_bias else {}),
        "metrics": {"largest_difference": rounded(difference)}, "sha256": digests(out),
    })
    return difference


@torch.no_grad()
def _difference(graph: Path, model: ViTForImageClassification, own: FlagClassifier) -> float:
    """From our own module at its size, and from Hugging Face's with interpolated positions at others."""
    shape, generator = own.shape, torch.Generator().manual_seed(1)
    session = open_session(graph)
    differences = []
    side = shape.image_size // shape.patch_size
    for height, width in ((side, side), (4, 10), (1, 3)):
        pixels = torch.rand(3, 3, height * shape.patch_size, width * shape.patch_size, generator=generator) * 2 - 1
        expected = model(pixel_values=pixels, interpolate_pos_encoding=True, output_attentions=True)
        got = session.run(None, {"pixel_values": pixels.numpy()})
        differences += [np.abs(ours - theirs.numpy()).max() for ours, theirs in zip(got, (expected.logits, *expected.attentions))]
        if height == width == side:
            differences.append(np.abs(got[0] - own(pixels).numpy()).max())
    return float(max(differences))


def evaluate_flags(package: Path, art: Path, count: int) -> dict:
    """Top-1 and top-5 over countries at several distortions and sizes of picture, and how often a plain background is called
    "no flag": photographs alone, and the composer's backgrounds of every kind with rectangles and discs on them."""
    session = open_session(package / "onnx" / "model.onnx")
    size = 128
    result: dict = {}
    for name, sets in (("known drawings", list(TRAIN_SETS)), ("unseen drawings", list(TEST_SETS))):
        for level in (0.0, 0.3, 1.0):
            composer = Composer(load_art(art, sets, "test"), size, 4242)
            wanted = [i % len(CODES) for i in range(count)]
            pictures = np.stack([np.asarray(composer.picture(label, Difficulty(level))) for label in wanted])
            result[f"{name}, distortion {level}"] = _tops(_best(session, pictures), wanted)
    result |= _at_sizes(session, art, count)
    held_out = load_art(art, list(TEST_SETS), "test")
    for name, photos_only in (("no flag", False), ("no flag, photographs only", True)):
        plain = np.stack([np.asarray(picture) for picture in plain_pictures(held_out, size, count // 2, 77, photos_only)])
        result[name] = {"pictures": count // 2, "top1": round(float(np.mean(_best(session, plain)[:, 0] == NO_FLAG_CLASS)), 4)}
    return result


def plain_pictures(art: Art, size: int, count: int, seed: int, photos_only: bool) -> list[Image.Image]:
    """Pictures without a flag; with ``photos_only`` nothing but crops of photographs, mildly distorted."""
    composer = Composer(art, size, seed, photos_only)
    if photos_only:
        return [composer._camera(composer._background(), 0.3) for _ in range(count)]
    return [composer.picture(NO_FLAG_CLASS, Difficulty(0.3)) for _ in range(count)]


def _tops(best: np.ndarray, wanted: list[int]) -> dict:
    right = best == np.array(wanted)[:, None]
    return {"pictures": len(wanted), "top1": round(float(right[:, 0].mean()), 4), "top5": round(float(right.any(1).mean()), 4)}


def _at_sizes(session, art: Path, count: int) -> dict:
    """Unseen drawings on pictures of 256 pixels, mildly distorted, resized to what the graph is given."""
    composer = Composer(load_art(art, list(TEST_SETS), "test"), max(SIZES), 4242)
    wanted = [i % len(CODES) for i in range(count)]
    pictures = [composer.picture(label, Difficulty(0.3)) for label in wanted]
    result = {}
    for size in SIZES:
        resized = np.stack([np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR)) for picture in pictures])
        result[f"unseen drawings, {size} pixels"] = _tops(_best(session, resized), wanted)
    return result


def image_logits(session, pictures: np.ndarray) -> np.ndarray:
    """Logits ``[pictures, classes]`` of uint8 pictures ``[pictures, height, width, 3]``, some at a time."""
    parts = np.array_split(pictures, max(1, len(pictures) // 64))
    return np.concatenate([session.run(["logits"], {"pixel_values": normalize(part).numpy()})[0] for part in parts])


def _best(session, pictures: np.ndarray) -> np.ndarray:
    return np.argsort(-image_logits(session, pictures), axis=1)[:, :5]


def write_samples(art: Path, out: Path, codes: list[str], photo: str, size: int = 256) -> None:
    """Test pictures of drawings never trained on, over one held-out photograph; the file name is the label expected."""
    drawn = load_art(art, list(TEST_SETS), "test")
    background = Image.open(art / "backgrounds" / "test" / f"{photo}.jpg").convert("RGB")
    composer = Composer(Art(drawn.flags, [background]), size, 12, photos_only=True)
    out.mkdir(parents=True, exist_ok=True)
    for code in codes:
        label = CODES.index(code)
        composer.picture(label, Difficulty(0.3)).save(out / f"{labels()[label].lower().replace(' ', '-')}.png")
