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
DEV_SETS = {"openmoji": "color/svg/{POINTS}.svg"}
WIDTH = 192

# CC0 and CC-BY photographs of Debian's lomiri-wallpapers; the rest there is CC-BY-SA.
LOMIRI_FREE = (
    "aitzgorri", "friends", "life", "picosdeeuropa", "Picture_0B", "Picture_1A", "seeding", "sunset", "umang", "Wine",
)
OPENCV_PHOTOS = (
    "fruits", "baboon", "leuvenA", "squirrel_cls", "aloeL", "board", "starry_night", "rubberwhale1", "butterfly", "building",
    "home", "orange", "messi5", "plant", "graf1", "aero1", "apple", "basketball1",
)
# More of opencv-doc and of scikit-image's sample pictures (CC0 and public domain): everyday scenes, textures, screens.
MORE_PHOTOS = (
    "smarties", "ela_original", "licenseplate_motion", "4_barcodes", "scenetext01", "scenetext02", "scenetext05", "scenetext06",
    "corridor_fld", "feature_building", "astra_color", "handSrc", "pexels_double_decker_bus", "chaxis", "gbaxis", "yolo",
    "stanford", "eclipse_cdt_cfg1", "pca_test1", "pic4", "water_result", "chessboard", "sudoku", "newspaper",
    "coffee", "chelsea", "hubble_deep_field", "grass", "gravel", "motorcycle_left", "ihc", "page",
)
# For choosing and calibrating: in neither training nor the scores that are reported.
DEV_PHOTOS = ("chicky_512", "000", "stuff", "bicubicOutput", "retina_TreeHdr_small", "scenetext04", "brick", "toolwindow")
HELD_OUT_PHOTOS = ("seeding", "sunset", "life", "fruits", "leuvenA", "aloeL", "home", "building")
# Emoji that show or hold a flag, by the start of their code points.
FLAG_EMOJI = tuple(f"{point:x}" for point in range(0x1F1E6, 0x1F200)) + ("1f3f3", "1f3f4", "1f6a9", "1f38c", "1f3c1", "26f3", "1f4eb")
DISTRACTOR_SETS = {"train": ("twemoji-svg", "*.svg"), "test": ("emoji-datasource-google", "img/google/64/*.png")}


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
    for name, pattern in (TRAIN_SETS | DEV_SETS | TEST_SETS).items():
        target = out / "flags" / name
        target.mkdir(parents=True, exist_ok=True)
        for code in CODES + sorted(MERGED):
            relative = pattern.format(code=code, CODE=code.upper(), points=emoji_points(code), POINTS=emoji_points(code).upper())
            if not (target / f"{code}.png").exists():
                _render(packages / name / "package" / relative).save(target / f"{code}.png")


def render_distractors(packages: Path, out: Path, every: int = 12) -> None:
    """Writes ``out/distractors/{train,test}/NAME.png``: one in ``every`` emoji of a set, none that shows a flag."""
    for part, (package, pattern) in DISTRACTOR_SETS.items():
        target = out / "distractors" / part
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted((packages / package / "package").glob(pattern))[::every]:
            if not path.name.lower().startswith(FLAG_EMOJI) and not (target / f"{path.stem}.png").exists():
                image = _render(path)
                image.thumbnail((96, 96), Image.Resampling.LANCZOS)
                image.save(target / f"{path.stem}.png")


def collect_backgrounds(root: Path, out: Path, longest: int = 640) -> None:
    """Writes ``out/backgrounds/{train,dev,test}/NAME.jpg`` from photographs anywhere below ``root``."""
    parts = {name.lower(): part for part, names in {
        "train": LOMIRI_FREE + OPENCV_PHOTOS + MORE_PHOTOS, "dev": DEV_PHOTOS, "test": HELD_OUT_PHOTOS}.items() for name in names}
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        name = next((w for w in parts if path.name.lower().startswith((w + ".", w + "_by_"))), None)
        if name is None or path.suffix.lower() not in (".jpg", ".png") or name in found:
            continue
        part = parts[name]
        image = Image.open(path).convert("RGB")
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        target = out / "backgrounds" / part / f"{name}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        image.save(target, quality=92)
        found[name] = part
    (out / "backgrounds.json").write_text(json.dumps(found, indent=1) + "\n")
