"""Renders the flag drawings of the npm packages and collects background photographs into one cache folder."""

from __future__ import annotations

import json
import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image

from foundry.countries import CODES, MERGED

# Path of a country's drawing below the unpacked package; {code} is the ISO code, {points} the emoji's code points.
TRAIN_SETS = {
    "flag-icons": "flags/4x3/{code}.svg",
    "svg-country-flags": "png250px/{code}.png",
    "country-flag-icons": "3x2/{CODE}.svg",
    "circle-flags": "flags/{code}.svg",
    "twemoji-svg": "{points}.svg",
}
TEST_SETS = {"emoji-datasource-google": "img/google/64/{points}.png"}
WIDTH = 192

# CC0 and CC-BY photographs of Debian's lomiri-wallpapers; the rest there is CC-BY-SA.
LOMIRI_FREE = (
    "aitzgorri", "friends", "life", "picosdeeuropa", "Picture_0B", "Picture_1A", "seeding", "sunset", "umang", "Wine",
)
OPENCV_PHOTOS = (
    "fruits", "baboon", "leuvenA", "squirrel_cls", "aloeL", "board", "starry_night", "rubberwhale1", "butterfly", "building",
    "home", "orange", "messi5", "plant", "graf1", "aero1", "apple", "basketball1",
)
HELD_OUT_PHOTOS = ("seeding", "sunset", "life", "fruits", "leuvenA", "aloeL", "home", "building")


def emoji_points(code: str) -> str:
    """Code points of a country's emoji, as the emoji sets name their files."""
    return "-".join(f"{0x1F1E6 + ord(letter) - ord('a'):x}" for letter in code)


def _render(path: Path) -> Image.Image:
    if path.suffix == ".svg":
        png = subprocess.run(["rsvg-convert", "-w", str(WIDTH), "--keep-aspect-ratio", str(path)], capture_output=True, check=True).stdout
        image = Image.open(BytesIO(png))
    else:
        image = Image.open(path)
    image = image.convert("RGBA")
    # Emoji have empty margins: the box of what is drawn is the flag.
    box = image.getchannel("A").point(lambda alpha: 255 if alpha > 30 else 0).getbbox()
    image = image.crop(box)
    if image.width > WIDTH:
        image = image.resize((WIDTH, max(1, round(image.height * WIDTH / image.width))), Image.Resampling.LANCZOS)
    return image


def render_flags(packages: Path, out: Path) -> None:
    """Writes ``out/flags/SET/CODE.png`` for every class; ``packages`` holds one unpacked npm package per set."""
    for name, pattern in (TRAIN_SETS | TEST_SETS).items():
        target = out / "flags" / name
        target.mkdir(parents=True, exist_ok=True)
        for code in CODES + sorted(MERGED):
            relative = pattern.format(code=code, CODE=code.upper(), points=emoji_points(code))
            if not (target / f"{code}.png").exists():
                _render(packages / name / "package" / relative).save(target / f"{code}.png")


def collect_backgrounds(root: Path, out: Path, longest: int = 640) -> None:
    """Writes ``out/backgrounds/{train,test}/NAME.jpg`` from photographs anywhere below ``root``."""
    wanted = {name.lower() for name in LOMIRI_FREE + OPENCV_PHOTOS}
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        name = next((w for w in wanted if path.name.lower().startswith((w + ".", w + "_by_"))), None)
        if name is None or path.suffix.lower() not in (".jpg", ".png") or name in found:
            continue
        part = "test" if name in {held.lower() for held in HELD_OUT_PHOTOS} else "train"
        image = Image.open(path).convert("RGB")
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        target = out / "backgrounds" / part / f"{name}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        image.save(target, quality=92)
        found[name] = part
    (out / "backgrounds.json").write_text(json.dumps(found, indent=1) + "\n")
