"""Writes the trained flag classifier as a model package, and scores it on drawings it never saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from foundry.compose import NO_FLAG_CLASS, Art, Composer, Difficulty, load_art
from foundry.countries import CODES, labels
from foundry.export import digests, write_json
from foundry.flag_art import TEST_SETS, TRAIN_SETS
from foundry.graphs import export_image_classifier
from foundry.greedy import open_session
from foundry.train_vision import normalize
from foundry.vision_model import FlagClassifier, VisionShape, vit_to_hugging_face


def export_flags(training: Path, out: Path, licence: str, provenance: str) -> None:
    """Writes settings, graph and manifest; fails where the graph and our own module disagree."""
    snapshot = torch.load(training / "weights.pt", weights_only=True)
    shape = VisionShape(**snapshot["shape"])
    own = FlagClassifier(shape)
    own.load_state_dict(snapshot["weights"])
    own.eval()
    model = vit_to_hugging_face(shape, snapshot["weights"], labels())
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    export_image_classifier(model, out / "onnx")
    pixels = torch.rand(3, 3, shape.image_size, shape.image_size) * 2 - 1
    with torch.no_grad():
        expected = own(pixels).numpy()
    got = open_session(out / "onnx" / "model.onnx").run(["logits"], {"pixel_values": pixels.numpy()})[0]
    if np.abs(got - expected).max() > 1e-3:
        raise AssertionError(f"the graph differs from the trained model by {np.abs(got - expected).max()}")
    write_json(out / "config.json", model.config.to_diff_dict() | {"architectures": ["ViTForImageClassification"]})
    size = {"height": shape.image_size, "width": shape.image_size}
    write_json(out / "preprocessor_config.json", {
        "image_processor_type": "ViTImageProcessor", "do_resize": True, "size": size, "resample": 2, "do_rescale": True,
        "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3,
    })
    write_json(out / "triptych.json", {
        "task": "image-classification", "licence": licence,
        "provenance": {"data": provenance, "steps": snapshot["step"], "minutes": round(snapshot["elapsed"] / 60, 1),
                       "pictures": snapshot["pictures"]},
        "metrics": {}, "sha256": digests(out),
    })


def evaluate_flags(package: Path, art: Path, count: int) -> dict:
    """Top-1 and top-5 over countries, and how often a plain background is called "no flag"."""
    session = open_session(package / "onnx" / "model.onnx")
    size = 128
    result: dict = {}
    for name, sets in (("known drawings", list(TRAIN_SETS)), ("unseen drawings", list(TEST_SETS))):
        for level in (0.0, 0.3, 1.0):
            composer = Composer(load_art(art, sets, "test"), size, 4242)
            wanted = [i % len(CODES) for i in range(count)]
            pictures = np.stack([np.asarray(composer.picture(label, Difficulty(level))) for label in wanted])
            best = _best(session, pictures)
            top1 = float(np.mean(best[:, 0] == wanted))
            top5 = float(np.mean((best == np.array(wanted)[:, None]).any(1)))
            result[f"{name}, distortion {level}"] = {"pictures": count, "top1": round(top1, 4), "top5": round(top5, 4)}
    composer = Composer(load_art(art, list(TEST_SETS), "test"), size, 77)
    plain = np.stack([np.asarray(composer.picture(NO_FLAG_CLASS, Difficulty(0.3))) for _ in range(count // 2)])
    result["no flag"] = {"pictures": count // 2, "top1": round(float(np.mean(_best(session, plain)[:, 0] == NO_FLAG_CLASS)), 4)}
    return result


def _best(session, pictures: np.ndarray) -> np.ndarray:
    logits = [session.run(["logits"], {"pixel_values": normalize(part).numpy()})[0] for part in np.array_split(pictures, max(1, len(pictures) // 64))]
    return np.argsort(-np.concatenate(logits), axis=1)[:, :5]


def write_samples(art: Path, out: Path, codes: list[str], photo: str, size: int = 256) -> None:
    """Test pictures of drawings never trained on, over one held-out photograph; the file name is the label expected."""
    drawn = load_art(art, list(TEST_SETS), "test")
    background = Image.open(art / "backgrounds" / "test" / f"{photo}.jpg").convert("RGB")
    composer = Composer(Art(drawn.flags, [background]), size, 12, photos_only=True)
    out.mkdir(parents=True, exist_ok=True)
    for code in codes:
        label = CODES.index(code)
        composer.picture(label, Difficulty(0.3)).save(out / f"{labels()[label].lower().replace(' ', '-')}.png")
