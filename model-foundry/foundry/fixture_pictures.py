"""The pictures of the vision fixtures: smooth colors with hard edges, in every odd form that clients send."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SUFFIXES = (".png", ".jpg", ".webp")
TURNED = 0x0112  # EXIF orientation


def picture(width: int, height: int, seed: int) -> Image.Image:
    """Smooth colors with hard edges on top, so that every resize filter shows its hand."""
    rows, columns = np.mgrid[0:height, 0:width]
    red = 255 * columns / max(1, width - 1)
    green = 255 * rows / max(1, height - 1)
    blue = 127 + 120 * np.sin(columns / 5 + seed) * np.cos(rows / 7)
    image = Image.fromarray(np.stack([red, green, blue], axis=2).astype(np.uint8), "RGB")
    draw = ImageDraw.Draw(image)
    rng = random.Random(seed)
    for _ in range(6):
        x, y = rng.randrange(width), rng.randrange(height)
        color = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
        draw.rectangle([x, y, x + width // 4, y + height // 5], fill=color)
    return image


def plain(folder: Path) -> list[str]:
    """Those that every model of the fixtures takes."""
    folder.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[TURNED] = 6  # shown turned a quarter to the right
    picture(40, 30, 1).save(folder / "rgb-40x30.png")
    picture(33, 17, 2).convert("L").save(folder / "gray-33x17.png")
    picture(32, 32, 3).save(folder / "exact-32x32.png")
    picture(5, 71, 4).save(folder / "narrow-5x71.png")
    picture(1, 1, 5).save(folder / "one-1x1.png")
    picture(50, 41, 6).quantize(16).save(folder / "palette-50x41.png")
    translucent = picture(45, 45, 7).convert("RGBA")
    translucent.putalpha(Image.linear_gradient("L").resize((45, 45)))
    translucent.save(folder / "alpha-45x45.png")
    picture(200, 150, 8).save(folder / "photo-200x150.jpg", quality=92, subsampling=0)
    picture(61, 90, 9).convert("L").save(folder / "gray-61x90.jpg", quality=92)
    picture(120, 80, 10).save(folder / "rotated-exif6-120x80.jpg", quality=92, subsampling=0, exif=exif)
    return _names(folder)


def odd(folder: Path) -> list[str]:
    """What detection and segmentation take beside: extents, depths and color spaces that are easily got wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[TURNED] = 8
    picture(5000, 3, 11).save(folder / "sliver-5000x3.png")
    picture(64, 48, 12).convert("CMYK").save(folder / "cmyk-64x48.jpg", quality=90, subsampling=0)
    deep = np.linspace(0, 300, 60 * 44).reshape(44, 60).astype(np.uint16)
    Image.fromarray(deep).save(folder / "gray16-60x44.png")
    picture(70, 50, 13).save(folder / "turned-exif8-70x50.webp", lossless=True, exif=exif)
    picture(80, 64, 14).save(folder / "progressive-80x64.jpg", quality=80, progressive=True, subsampling=0)
    return _names(folder)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix in SUFFIXES)


def all_pictures(fixtures: Path) -> list[Path]:
    """The plain ones, where ``vit`` has them, and the odd ones, which are written first."""
    odd(fixtures / "pictures")
    return [path for folder in ("vit/images", "pictures") for path in sorted((fixtures / folder).iterdir()) if path.suffix in SUFFIXES]
