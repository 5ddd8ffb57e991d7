"""Scores the exported flag finder on composed scenes: boxes by average precision, masks by mean IoU."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from foundry.compose import load_art
from foundry.detection_metrics import Found, average_precision, best_f1, find, judge, mean_iou, overlaps
from foundry.flag_art import DEV_SETS, TEST_SETS, TRAIN_SETS
from foundry.greedy import open_session
from foundry.scenes import Scene, SceneComposer
from foundry.train_vision import normalize

LEVELS = {"mild": 0.3, "full": 1.0}
# Objects below this are left out of precision's tail; a served threshold may be anything above.
_FLOOR = 0.02
_BATCH = 32


def make_scenes(art: Path, sets: list[str], photographs: str, level: float, count: int, seed: int) -> list[Scene]:
    """Scenes of the finder's size from a folder that ``foundry flags-art`` wrote."""
    composer = SceneComposer(load_art(art, sets, photographs, "test"), 192, seed)
    return [composer.scene(level) for _ in range(count)]


def _outputs(package: Path, names: list[str], scenes: list[Scene]) -> list[np.ndarray]:
    session = open_session(package / "onnx" / "model.onnx")
    parts = [session.run(names, {"pixel_values": normalize(np.stack([s.pixels for s in scenes[at : at + _BATCH]])).numpy()})
             for at in range(0, len(scenes), _BATCH)]
    return [np.concatenate(column) for column in zip(*parts)]


def find_objects(package: Path, scenes: list[Scene], floor: float = _FLOOR) -> list[Found]:
    """Objects of each scene, in pixels, above ``floor`` after the suppression that the package asks for."""
    manifest = json.loads((package / "triptych.json").read_text(encoding="utf-8"))
    logits, boxes = _outputs(package, ["logits", "pred_boxes"], scenes)
    sides = [scene.owner.shape[0] for scene in scenes]
    return [find(*row, side, side, floor, manifest["detection"]["suppression_iou"]) for *row, side in zip(logits, boxes, sides)]


def find_masks(package: Path, scenes: list[Scene]) -> list[np.ndarray]:
    """Class of each pixel: logits enlarged bilinearly to the scene's size, then the larger."""
    (logits,) = _outputs(package, ["logits"], scenes)
    size = scenes[0].owner.shape
    return list(F.interpolate(torch.from_numpy(logits), size=size, mode="bilinear", align_corners=False).argmax(1).numpy())


def choose_threshold(package: Path, art: Path, count: int) -> tuple[float, float]:
    """Score from which an object should count, and the F1 that it gives, the best: on mild and full scenes over the
    photographs that are kept for choosing, one half with the drawings kept for it, the other with those trained on."""
    scenes = [scene for level in LEVELS.values() for sets in (DEV_SETS, TRAIN_SETS)
              for scene in make_scenes(art, list(sets), "dev", level, count // 4, 900)]
    found = find_objects(package, scenes)
    f1, threshold = best_f1(found, [s.boxes for s in scenes], [s.labels for s in scenes])
    return round(threshold, 2), f1


def _held_out(art: Path, count: int) -> Iterator[tuple[str, list[Scene]]]:
    for drawings, sets in (("known", TRAIN_SETS), ("unseen", TEST_SETS)):
        for distortion, level in LEVELS.items():
            yield f"{drawings} drawings, {distortion} distortion", make_scenes(art, list(sets), "test", level, count, 5151)


def evaluate_detector(package: Path, art: Path, count: int) -> dict:
    """Average precision, and precision and recall at the package's threshold, over held-out photographs; ``ap50_of_boxes``
    takes all countries for one."""
    threshold = json.loads((package / "triptych.json").read_text(encoding="utf-8"))["detection"]["threshold"]
    result: dict = {}
    for name, scenes in _held_out(art, count):
        boxes, labels = [s.boxes for s in scenes], [s.labels for s in scenes]
        found = find_objects(package, scenes)
        judged, flags = judge(found, boxes, labels)
        shown = [right for score, right in judged if score > threshold]
        result[name] = {
            "scenes": count, "flags": flags,
            "ap50": round(average_precision(found, boxes, labels, True), 4),
            "ap50_of_boxes": round(average_precision(found, boxes, labels, False), 4),
            "precision": round(sum(shown) / max(1, len(shown)), 4), "recall": round(sum(shown) / max(1, flags), 4),
        }
    return result


def evaluate_segmenter(package: Path, art: Path, count: int) -> dict:
    """Mean IoU of flag and background over all pixels of the scenes together."""
    result: dict = {}
    for name, scenes in _held_out(art, count):
        flag, background = mean_iou(find_masks(package, scenes), [(s.owner >= 0).astype(int) for s in scenes])
        result[name] = {"scenes": count, "miou": round((flag + background) / 2, 4), "iou_flag": round(flag, 4),
                        "iou_background": round(background, 4)}
    return result


def evaluate_collage(package: Path) -> dict:
    """What is found of ``samples/collage.png`` from the package's threshold on: place (an overlap above a half) and name right."""
    truth = json.loads((package / "samples" / "collage.json").read_text(encoding="utf-8"))
    manifest = json.loads((package / "triptych.json").read_text(encoding="utf-8"))
    config = json.loads((package / "config.json").read_text(encoding="utf-8"))
    picture = Image.open(package / "samples" / "collage.png").convert("RGB")
    pixels = np.asarray(picture.resize(tuple(config["image_size"]), Image.Resampling.BILINEAR))
    logits, boxes = open_session(package / "onnx" / "model.onnx").run(["logits", "pred_boxes"], {"pixel_values": normalize(pixels[None]).numpy()})
    settings = manifest["detection"]
    found = find(logits[0], boxes[0], picture.width, picture.height, settings["threshold"], settings["suppression_iou"])
    wanted = np.array([[o["box"][side] for side in ("xmin", "ymin", "xmax", "ymax")] for o in truth["objects"]], np.float32)
    shared = overlaps(found.boxes, wanted)
    right = [(float(found.scores[i]), float(shared[i, j])) for i in range(len(found.scores)) for j in range(len(wanted))
             if shared[i, j] > 0.5 and config["id2label"][str(found.labels[i])] == truth["objects"][j]["label"]]
    named = {config["id2label"][str(label)] for label in found.labels}
    return {
        "flags": len(wanted), "found": len(found.scores), "right": len(right),
        "scores": [round(min(s for s, _ in right), 2), round(max(s for s, _ in right), 2)],
        "overlaps": [round(min(o for _, o in right), 2), round(max(o for _, o in right), 2)],
        "missed": sorted(o["label"] for o in truth["objects"] if o["label"] not in named),
    }
