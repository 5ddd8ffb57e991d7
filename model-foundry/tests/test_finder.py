"""Scenes know what they show, and the finder's scores agree with figures worked out by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from foundry import collage
from foundry.compose import Art
from foundry.countries import CODES
from foundry.detection_metrics import Found, average_precision, mean_iou, suppress
from foundry.finder_model import grow
from foundry.scenes import SceneComposer
from foundry.vision_model import FlagClassifier, VisionShape


def test_a_plain_scene_shows_its_flag_within_its_box() -> None:
    art = Art([[Image.new("RGBA", (90, 60), (250, 0, 0, 255))]], [Image.new("RGB", (100, 100), (0, 0, 250))])
    scene = SceneComposer(art, 64, 3).scene(0.0, flags=1)
    rows, columns = np.nonzero(scene.owner == 0)
    assert scene.boxes[0].tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert scene.pixels[scene.owner == 0][:, 0].mean() > 200 and scene.labels.tolist() == [0]


def test_average_precision_of_one_hit_one_miss_and_one_false_alarm() -> None:
    boxes = np.array([[0, 0, 10, 10], [50, 50, 60, 60]], np.float32)
    found = Found(boxes, np.array([0.9, 0.8]), np.array([0, 0]))
    truth = [np.array([[0, 0, 10, 10], [80, 80, 90, 90]], np.float32)]
    # Precision is 1 up to a recall of one half, 51 of the 101 points.
    assert abs(average_precision([found], truth, [np.array([0, 0])], True) - 51 / 101) < 1e-9


def test_the_worse_of_two_overlapping_objects_goes() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 10, 10], [20, 20, 30, 30]], np.float32)
    assert suppress(Found(boxes, np.array([0.5, 0.9, 0.1]), np.array([1, 2, 3])), 0.5).labels.tolist() == [2, 3]


def test_mean_iou_of_half_a_flag() -> None:
    assert mean_iou([np.array([[1, 0, 0, 0]])], [np.array([[1, 1, 0, 0]])]) == (0.5, 2 / 3)


def test_growing_to_the_same_size_changes_nothing() -> None:
    shape = VisionShape(5, image_size=32, hidden_size=32, ffn_size=64, layers=1)
    weights = FlagClassifier(shape).state_dict()
    grown, values = grow(weights, shape, 32)
    assert grown == shape and torch.allclose(values["position_embedding"], weights["position_embedding"], atol=1e-6)


def test_a_collage_shows_its_flags_where_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    red = Art([[Image.new("RGBA", (60, 40), (250, 0, 0, 255))] for _ in CODES], [])
    monkeypatch.setattr(collage, "load_art", lambda *_: red)
    photo = tmp_path / "backgrounds" / "test" / "sky.jpg"
    photo.parent.mkdir(parents=True)
    Image.new("RGB", (300, 300), (0, 0, 250)).save(photo)
    collage.write_collage(tmp_path, tmp_path, "sky", 3, 1)
    truth = json.loads((tmp_path / "collage.json").read_text())
    pixels = np.asarray(Image.open(tmp_path / "collage.png")).astype(int)
    shown = np.zeros(pixels.shape[:2], bool)
    for entry in truth["objects"]:
        box = entry["box"]
        shown[box["ymin"] : box["ymax"], box["xmin"] : box["xmax"]] = True
    flags = pixels[..., 0] > pixels[..., 2]
    assert pixels.shape[:2] == (truth["height"], truth["width"]) and len(truth["objects"]) == 3
    assert flags[~shown].mean() < 0.01 and flags[shown].mean() > 0.5
