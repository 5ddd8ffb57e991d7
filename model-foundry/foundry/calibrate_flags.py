"""Chooses how much the exported classifier adds to the logit of "no flag"."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from foundry.compose import NO_FLAG_CLASS, Art, Composer, Difficulty, load_art
from foundry.countries import CODES
from foundry.export_vision import image_logits, plain_pictures
from foundry.flag_art import HELD_OUT_PHOTOS, MORE_PHOTOS, TRAIN_SETS
from foundry.greedy import open_session

BIASES = tuple(0.25 * step for step in range(17))
_SIZE = 128


@dataclass(frozen=True)
class Calibration:
    """By bias: the share of plain pictures called "no flag", and top-1 over countries, mild and full distortion together."""

    biases: tuple[float, ...]
    no_flag: list[float]
    top1: list[float]

    def chosen(self, price: float) -> float:
        """The largest bias that costs at most ``price`` of top-1."""
        return max(bias for bias, top1 in zip(self.biases, self.top1) if top1 >= self.top1[0] - price)


def sweep(plain: np.ndarray, shown: np.ndarray, wanted: np.ndarray, biases: tuple[float, ...] = BIASES) -> Calibration:
    """Of logits ``[pictures, classes]`` of plain pictures and of pictures of ``wanted`` flags, by bias (the first is none)."""
    def best(logits: np.ndarray, bias: float) -> np.ndarray:
        raised = logits.copy()
        raised[:, NO_FLAG_CLASS] += bias
        return raised.argmax(1)

    return Calibration(biases, [float((best(plain, bias) == NO_FLAG_CLASS).mean()) for bias in biases],
                       [float((best(shown, bias) == wanted).mean()) for bias in biases])


def calibrate(package: Path, art: Path, count: int) -> Calibration:
    """Over the training's photographs that the classifier was not trained on: those that joined with the finder."""
    session = open_session(package / "onnx" / "model.onnx")
    photographs = [Image.open(art / "backgrounds" / "train" / f"{name.lower()}.jpg").convert("RGB")
                   for name in MORE_PHOTOS if name not in HELD_OUT_PHOTOS]
    drawn = Art(load_art(art, list(TRAIN_SETS), "train").flags, photographs)
    plain = np.stack([np.asarray(picture) for picture in plain_pictures(drawn, _SIZE, count, 78, False)])
    composer = Composer(drawn, _SIZE, 4243)
    wanted = np.array([i % len(CODES) for i in range(count)] * 2)
    levels = np.repeat([0.3, 1.0], count)
    shown = np.stack([np.asarray(composer.picture(int(label), Difficulty(level))) for label, level in zip(wanted, levels)])
    return sweep(image_logits(session, plain), image_logits(session, shown), wanted)
