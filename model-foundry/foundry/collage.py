"""A picture with several flags never trained on, for trying the finder, with what is on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from foundry.compose import load_art
from foundry.countries import labels
from foundry.export import write_json
from foundry.flag_art import TEST_SETS
from foundry.scenes import SceneComposer

SIZE = 1000


def write_collage(art: Path, out: Path, photo: str, flags: int, seed: int) -> None:
    """Writes ``out/collage.png`` and ``out/collage.json`` (labels and boxes in pixels) over one held-out photograph."""
    drawn = load_art(art, list(TEST_SETS), "test")
    photograph = Image.open(art / "backgrounds" / "test" / f"{photo}.jpg").convert("RGB")
    # Drawings of 64 pixels are enlarged smoothly first, so that their pixels do not show as squares.
    sharp = [[image.resize((4 * image.width, 4 * image.height), Image.Resampling.LANCZOS) for image in images] for images in drawn.flags]
    composer = SceneComposer(replace(drawn, flags=sharp, backgrounds=[photograph]), SIZE, seed, photos_only=True)
    scene = composer.scene(0.4, flags)
    out.mkdir(parents=True, exist_ok=True)
    Image.fromarray(scene.pixels).save(out / "collage.png", optimize=True)
    names = labels()
    objects = [{"label": names[label], "box": dict(zip(("xmin", "ymin", "xmax", "ymax"), map(int, box)))}
               for label, box in zip(scene.labels, scene.boxes)]
    write_json(out / "collage.json", {"width": SIZE, "height": SIZE, "objects": objects})
