"""How much of a flag model's attention rollout lies on the flag, against the flag's known pixels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from foundry.compose import load_art
from foundry.detection_metrics import Found, suppress
from foundry.evaluate_finder import LEVELS
from foundry.flag_art import TEST_SETS, TRAIN_SETS
from foundry.greedy import open_session
from foundry.scenes import Scene, SceneComposer
from foundry.train_vision import normalize


def rollout(attentions: list[np.ndarray], deciding: np.ndarray, first: int, count: int) -> np.ndarray:
    """Abnar and Zuidema 2020, arXiv:2005.00928, of each layer's ``[heads, tokens, tokens]``: the weights of ``count`` patches from
    ``first`` on as the deciding tokens see them on average (shares that sum to one), made to add up to one."""
    total = np.eye(attentions[0].shape[-1])
    for layer in attentions:
        mixed = 0.5 * layer.mean(axis=0).astype(np.float64) + 0.5 * np.eye(layer.shape[-1])
        total = (mixed / mixed.sum(axis=-1, keepdims=True)) @ total
    patches = (deciding @ total)[first : first + count]
    return patches / patches.sum()


def deciding_tokens(outputs: dict[str, np.ndarray], manifest: dict, tokens: int, side: int) -> np.ndarray:
    """Shares of the tokens from which the answer is read, as vision-service has it: a classifier's class token; a detector's queries of
    the objects above its threshold, or its best one; a segmenter's patches by how much of them is no background, or all."""
    shares = np.zeros(tokens)
    if manifest["task"] == "image-classification":
        shares[0] = 1
    elif manifest["task"] == "object-detection":
        logits, boxes = outputs["logits"], outputs["pred_boxes"]
        chances = np.exp(logits - logits.max(-1, keepdims=True))
        scores = (chances / chances.sum(-1, keepdims=True))[:, :-1].max(-1)
        above = np.flatnonzero(scores > manifest["detection"]["threshold"])
        corners = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], -1)
        kept = suppress(Found(corners[above], scores[above], above), manifest["detection"]["suppression_iou"]).labels
        shares[tokens - len(scores) + (kept if len(kept) else np.array([scores.argmax()]))] = 1
    else:
        shown = outputs["logits"].argmax(0) > 0
        cells = shown.shape[0] // side
        patches = shown.reshape(side, cells, side, cells).sum((1, 3)).reshape(-1).astype(np.float64)
        shares[tokens - side * side :] = patches if patches.any() else 1
    return shares / shares.sum()


def inside(weights: np.ndarray, mask: np.ndarray) -> float:
    """The share of square patches' weights that falls on a mask ``[size, size]``, each patch counted by its pixels there."""
    side = int(round(len(weights) ** 0.5))
    patch = mask.shape[0] // side
    covered = mask.reshape(side, patch, side, patch).mean((1, 3))
    return float((weights.reshape(side, side) * covered).sum())


def _row(shares: list[tuple[float, float]]) -> dict[str, float]:
    weight, area = np.array(shares).T
    return {"pictures": len(shares), "weight_on_flag": round(float(weight.mean()), 3), "area_of_flag": round(float(area.mean()), 3),
            "more_than_its_area": round(float((weight > area).mean()), 3), "most_of_the_weight": round(float((weight > 0.5).mean()), 3)}


def evaluate_rollout(package: Path, art: Path, count: int) -> dict:
    """Pictures of one flag over held-out photographs, by distortion; those whose flag covers a quarter at most also apart."""
    session = open_session(package / "onnx" / "attention_model.onnx")
    names = [put.name for put in session.get_outputs()]
    layers = sorted((name for name in names if name.startswith("attentions.")), key=lambda name: int(name[11:]))
    manifest, config, preprocessor = (json.loads((package / name).read_text(encoding="utf-8"))
                                      for name in ("triptych.json", "config.json", "preprocessor_config.json"))
    size = preprocessor["size"]["height"]
    side = size // config["patch_size"]

    def weights(scene: Scene) -> np.ndarray:
        given = session.run(names, {"pixel_values": normalize(scene.pixels[None]).numpy()})
        outputs = {name: value[0] for name, value in zip(names, given)}
        attentions = [outputs[name] for name in layers]
        tokens = attentions[0].shape[-1]
        # The foundry's detectors ask with the patches themselves, so these come last.
        return rollout(attentions, deciding_tokens(outputs, manifest, tokens, side), tokens - side * side, side * side)

    result = {}
    for drawings, sets in (("known", TRAIN_SETS), ("unseen", TEST_SETS)):
        for distortion, level in LEVELS.items():
            composer = SceneComposer(load_art(art, list(sets), "test"), size, 7171)
            shares = []
            while len(shares) < count:
                scene: Scene = composer.scene(level, 1)
                if len(scene.labels) == 1:
                    mask = scene.owner == 0
                    shares.append((inside(weights(scene), mask), float(mask.mean())))
            result[f"{drawings} drawings, {distortion} distortion"] = _row(shares)
            small = [share for share in shares if share[1] <= 0.25]
            if small:
                result[f"{drawings} drawings, {distortion} distortion, small flags"] = _row(small)
    return result
