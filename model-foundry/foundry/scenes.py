"""Composes pictures with any number of flags, and knows each one's class, box and pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from foundry.compose import Art, Composer

MOST_FLAGS = 6
SMALLEST_SHARE = 0.16
_TRIES = 8


@dataclass(frozen=True)
class Scene:
    """One picture and what is on it.

    ``pixels`` uint8 ``[size, size, 3]``; ``owner`` int8 ``[size, size]``, the flag seen at each pixel or -1; ``boxes`` float32
    ``[flags, 4]`` as left, top, right, bottom in pixels around what is seen; ``labels`` int64 ``[flags]``.
    """

    pixels: np.ndarray
    owner: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class _Manner:
    """How a scene draws its flags: distortion, height against the drawing's, and least and most width."""

    level: float
    stretch: float
    widths: tuple[float, float]


class SceneComposer:
    """Makes scenes of one size from one seeded stream; not shared between threads."""

    def __init__(self, art: Art, size: int, seed: int, photos_only: bool = False) -> None:
        self.composer = Composer(art, size, seed, photos_only)
        self.size = size

    def scene(self, level: float, flags: int | None = None) -> Scene:
        """A scene at that distortion; without ``flags`` an empty one now and then, mostly one to four, at times a crowd."""
        composer, rng = self.composer, self.composer.rng
        wanted = self._count() if flags is None else flags
        canvas = composer._background()
        if wanted == 0 or rng.random() < 0.35:
            composer._distract(canvas)
        mixed = np.asarray(canvas).astype(np.float32)
        # Wide and tall pictures come squeezed into the square that the model takes.
        stretch = math.exp(rng.gauss(0, 0.35) * level)
        widest = (1.0 if wanted < 2 else 1.3 / math.sqrt(wanted)) / math.sqrt(stretch)
        manner = _Manner(level, stretch, (max(SMALLEST_SHARE, 0.3 * widest), max(SMALLEST_SHARE, min(1.1, widest))))
        owner = np.full((self.size, self.size), -1, np.int8)
        whole: list[int] = []
        labels: list[int] = []
        for _ in range(wanted):
            label = rng.randrange(len(composer.art.flags))
            layer = self._place(rng.choice(composer.art.flags[label]), manner, owner, whole)
            if layer is None:
                continue
            alpha = layer[..., 3:] / 255
            mixed = mixed * (1 - alpha) + layer[..., :3] * alpha
            owner[layer[..., 3] > 127] = len(labels)
            whole.append(int((layer[..., 3] > 127).sum()))
            labels.append(label)
        picture = composer._camera(Image.fromarray(mixed.clip(0, 255).astype(np.uint8)), level)
        boxes = np.array([_box(owner == i) for i in range(len(labels))], np.float32).reshape(-1, 4)
        return Scene(np.asarray(picture), owner, boxes, np.array(labels, np.int64))

    def _count(self) -> int:
        rng = self.composer.rng
        kind = rng.random()
        return 0 if kind < 0.12 else rng.randint(5, MOST_FLAGS) if kind > 0.9 else rng.randint(1, 4)

    def _place(self, flag: Image.Image, manner: _Manner, owner: np.ndarray, whole: list[int]) -> np.ndarray | None:
        """A layer that shows most of its flag and leaves most of each earlier one to be seen, or None after some tries."""
        for _ in range(_TRIES):
            layer = self.composer._layer(flag, manner.level, manner.widths, manner.stretch)
            here = layer[..., 3] > 127
            if here.sum() < 0.4 * (SMALLEST_SHARE * self.size) ** 2:
                continue
            hidden = owner[here]
            if all((owner == i).sum() - (hidden == i).sum() >= 0.7 * area for i, area in enumerate(whole)):
                return layer
        return None


def _box(mask: np.ndarray) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
