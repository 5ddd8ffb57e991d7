"""How much of a flag classifier's attention rollout lies on the flag, against the flag's known pixels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from foundry.compose import load_art
from foundry.evaluate_finder import LEVELS
from foundry.flag_art import TEST_SETS, TRAIN_SETS
from foundry.greedy import open_session
from foundry.scenes import Scene, SceneComposer
from foundry.train_vision import normalize


def rollout(attentions: list[np.ndarray]) -> np.ndarray:
    """Abnar and Zuidema 2020, arXiv:2005.00928, of each layer's ``[heads, tokens, tokens]``: the class token's weights on patches,
    adding up to one."""
    total = np.eye(attentions[0].shape[-1])
    for layer in attentions:
        mixed = 0.5 * layer.mean(axis=0).astype(np.float64) + 0.5 * np.eye(layer.shape[-1])
        total = (mixed / mixed.sum(axis=-1, keepdims=True)) @ total
    patches = total[0, 1:]
    return patches / patches.sum()


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
    names = sorted((put.name for put in session.get_outputs() if put.name.startswith("attentions.")), key=lambda name: int(name[11:]))
    size = json.loads((package / "preprocessor_config.json").read_text(encoding="utf-8"))["size"]["height"]
    result = {}
    for drawings, sets in (("known", TRAIN_SETS), ("unseen", TEST_SETS)):
        for distortion, level in LEVELS.items():
            composer = SceneComposer(load_art(art, list(sets), "test"), size, 7171)
            shares = []
            while len(shares) < count:
                scene: Scene = composer.scene(level, 1)
                if len(scene.labels) == 1:
                    layers = session.run(names, {"pixel_values": normalize(scene.pixels[None]).numpy()})
                    mask = scene.owner == 0
                    shares.append((inside(rollout([layer[0] for layer in layers]), mask), float(mask.mean())))
            result[f"{drawings} drawings, {distortion} distortion"] = _row(shares)
            small = [share for share in shares if share[1] <= 0.25]
            if small:
                result[f"{drawings} drawings, {distortion} distortion, small flags"] = _row(small)
    return result
