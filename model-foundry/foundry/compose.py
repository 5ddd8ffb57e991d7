"""Composes training pictures: a drawn flag, bent and lit like cloth, somewhere over a background."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from foundry.countries import CODES, MERGED

NO_FLAG_CLASS = len(CODES)


@dataclass(frozen=True)
class Difficulty:
    """How far pictures stray from a flat, whole, upright flag; 0 is plain, 1 the full range."""

    level: float
    no_flag_share: float = 0.06


@dataclass(frozen=True)
class Art:
    """Drawings by class, backgrounds, and drawings of other things that may lie about."""

    flags: list[list[Image.Image]]
    backgrounds: list[Image.Image]
    distractors: list[Image.Image] = field(default_factory=list)


def load_art(folder: Path, sets: list[str], backgrounds: str, distractors: str | None = None) -> Art:
    """Reads the cache that ``foundry flags-art`` wrote; merged countries' drawings join their class."""
    merged: dict[str, list[str]] = {}
    for code, into in MERGED.items():
        merged.setdefault(into, []).append(code)
    flags = [
        [Image.open(folder / "flags" / name / f"{drawn}.png").convert("RGBA").copy() for name in sets for drawn in [code, *merged.get(code, [])]]
        for code in CODES
    ]
    photos = [Image.open(path).convert("RGB").copy() for path in sorted((folder / "backgrounds" / backgrounds).glob("*.jpg"))]
    other = sorted((folder / "distractors" / distractors).glob("*.png")) if distractors else []
    return Art(flags, photos, [Image.open(path).convert("RGBA").copy() for path in other])


class Composer:
    """Makes pictures of one size from one seeded stream; not shared between threads."""

    def __init__(self, art: Art, size: int, seed: int, photos_only: bool = False) -> None:
        self.art, self.size, self.photos_only = art, size, photos_only
        self.rng = random.Random(seed)
        self.noise = np.random.default_rng(seed)

    def picture(self, label: int, difficulty: Difficulty) -> Image.Image:
        """One RGB picture of class ``label`` (the last class: only a background, perhaps with distracting shapes)."""
        canvas = self._background()
        if label == NO_FLAG_CLASS:
            self._distract(canvas)
        else:
            flag = self.rng.choice(self.art.flags[label])
            if self.rng.random() < 0.3 * difficulty.level:
                self._distract(canvas)
            canvas = self._paste(canvas, flag, difficulty.level)
        return self._camera(canvas, difficulty.level)

    def example(self, difficulty: Difficulty) -> tuple[np.ndarray, int]:
        """A random class and its picture as uint8 ``[size, size, 3]``."""
        label = NO_FLAG_CLASS if self.rng.random() < difficulty.no_flag_share else self.rng.randrange(NO_FLAG_CLASS)
        return np.asarray(self.picture(label, difficulty)), label

    def _background(self) -> Image.Image:
        rng, size = self.rng, self.size
        kind = 0.0 if self.photos_only else rng.random()
        if kind < 0.7 and self.art.backgrounds:
            photo = rng.choice(self.art.backgrounds)
            side = rng.randint(min(size, min(photo.size)), min(photo.size))
            x, y = rng.randint(0, photo.width - side), rng.randint(0, photo.height - side)
            crop = photo.resize((size, size), Image.Resampling.BILINEAR, box=(x, y, x + side, y + side))
            return crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else crop
        if kind < 0.85:
            return Image.new("RGB", (size, size), self._color())
        corners = np.array([self._color() for _ in range(4)], dtype=np.uint8).reshape(2, 2, 3)
        return Image.fromarray(corners).resize((size, size), Image.Resampling.BILINEAR)

    def _color(self) -> tuple[int, int, int]:
        gray = self.rng.random() < 0.4
        value = self.rng.randrange(256)
        return (value, value, value) if gray else (self.rng.randrange(256), self.rng.randrange(256), self.rng.randrange(256))

    def _distract(self, canvas: Image.Image) -> None:
        # Plain rectangles and discs, so that a colored box alone is no flag.
        draw, rng, size = ImageDraw.Draw(canvas), self.rng, self.size
        for _ in range(rng.randrange(4)):
            x, y, w, h = rng.randrange(size), rng.randrange(size), rng.randrange(8, size // 2), rng.randrange(8, size // 2)
            (draw.rectangle if rng.random() < 0.6 else draw.ellipse)([x, y, x + w, y + h], fill=self._color())
        for _ in range(rng.randrange(4) if self.art.distractors else 0):
            thing = rng.choice(self.art.distractors)
            side = rng.uniform(0.1, 0.6) * size / max(thing.size)
            thing = thing.resize((max(1, int(thing.width * side)), max(1, int(thing.height * side))), Image.Resampling.BILINEAR)
            canvas.paste(thing, (rng.randrange(size) - thing.width // 2, rng.randrange(size) - thing.height // 2), thing)

    def _paste(self, canvas: Image.Image, flag: Image.Image, level: float) -> Image.Image:
        layer = self._layer(flag, level, (0.95 - 0.5 * level, 0.95 + 0.2 * level))
        alpha = layer[..., 3:] / 255
        mixed = np.asarray(canvas) * (1 - alpha) + layer[..., :3] * alpha
        return Image.fromarray(mixed.clip(0, 255).astype(np.uint8))

    def _layer(self, flag: Image.Image, level: float, widths: tuple[float, float], stretch: float = 1.0) -> np.ndarray:
        """The flag somewhere in the picture as float32 RGBA ``[size, size, 4]``, as wide as a share of it within ``widths``
        and ``stretch`` times as high as drawn."""
        rng, size = self.rng, self.size
        width = size * rng.uniform(*widths)
        aspect = flag.height / flag.width * stretch * math.exp(rng.uniform(-0.15, 0.15) * level)
        height = width * aspect
        if height > size * (1 + 0.2 * level):
            width, height = width * size / height, size
        x = rng.uniform(min(0, size - width), max(0, size - width))
        y = rng.uniform(min(0, size - height), max(0, size - height))
        angle = math.radians(rng.gauss(0, 7) * level)
        jitter = 0.10 * level
        corners = []
        for left, top in ((0, 0), (0, 1), (1, 1), (1, 0)):
            px = (left - 0.5) * width * (1 + rng.uniform(-jitter, jitter))
            py = (top - 0.5) * height * (1 + rng.uniform(-jitter, jitter))
            corners.append((x + width / 2 + px * math.cos(angle) - py * math.sin(angle),
                            y + height / 2 + px * math.sin(angle) + py * math.cos(angle)))
        coefficients = _perspective(corners, [(0, 0), (0, flag.height), (flag.width, flag.height), (flag.width, 0)])
        warped = flag.transform((size, size), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
        layer = np.asarray(warped).astype(np.float32)
        if rng.random() < 0.6 * level:
            layer = self._wave(layer, width, level)
        if rng.random() < 0.25 * level:
            self._occlude(layer, x, y, width, height)
        return layer

    def _wave(self, layer: np.ndarray, width: float, level: float) -> np.ndarray:
        rng, size = self.rng, self.size
        length = width * rng.uniform(0.4, 1.2)
        height = rng.uniform(0.01, 0.045) * width * level
        columns = np.arange(size, dtype=np.float32)
        rows = columns[:, None]
        phase = 2 * math.pi * (columns[None, :] + rng.uniform(-0.4, 0.4) * rows) / length + rng.uniform(0, 6.28)
        source = np.clip(np.rint(rows + height * np.sin(phase)), 0, size - 1).astype(np.int32)
        bent = layer[source, columns.astype(np.int32)[None, :]]
        bent[..., :3] *= (1 + rng.uniform(0.05, 0.3) * level * np.cos(phase))[..., None]
        return bent

    def _occlude(self, layer: np.ndarray, x: float, y: float, width: float, height: float) -> None:
        rng = self.rng
        w, h = int(width * rng.uniform(0.08, 0.3)), int(height * rng.uniform(0.1, 0.5))
        left, top = int(x + rng.uniform(0, width - w)), int(y + rng.uniform(0, height - h))
        layer[max(0, top) : max(0, top + h), max(0, left) : max(0, left + w), 3] = 0

    def _camera(self, picture: Image.Image, level: float) -> Image.Image:
        rng = self.rng
        if rng.random() < 0.3 * level:
            picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
        values = np.asarray(picture).astype(np.float32)
        gains = np.array([rng.uniform(1 - 0.12 * level, 1 + 0.12 * level) for _ in range(3)], dtype=np.float32)
        values = values * gains * rng.uniform(1 - 0.3 * level, 1 + 0.2 * level) + rng.uniform(-15, 15) * level
        if rng.random() < 0.4 * level:
            values += self.noise.normal(0, rng.uniform(2, 10), values.shape).astype(np.float32)
        picture = Image.fromarray(values.clip(0, 255).astype(np.uint8))
        if rng.random() < 0.3 * level:
            buffer = BytesIO()
            picture.save(buffer, "JPEG", quality=rng.randint(40, 95))
            picture = Image.open(buffer).convert("RGB")
        return picture


def _perspective(output: list[tuple[float, float]], source: list[tuple[float, float]]) -> list[float]:
    """Coefficients with which Pillow finds, for a point of the output, its point of the source."""
    rows, values = [], []
    for (x, y), (u, v) in zip(output, source):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows), np.array(values)).tolist()
