"""The finder's packages: same numbers as PyTorch, the shapes that Hugging Face's post-processing reads, the same bytes twice."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image
from transformers import YolosImageProcessor
from transformers.models.yolos.modeling_yolos import YolosObjectDetectionOutput

from foundry.detection_metrics import Found, best_f1, find
from foundry.export_finder import DETECTOR, SEGMENTER, FinderInfo, export_finder, load_finder
from foundry.finder_model import FinderShape, FlagFinder
from foundry.quantize import check_packable
from foundry.vision_model import VisionShape

INFO = FinderInfo(0.3, "none", "random weights")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    shape = FinderShape(VisionShape(199, image_size=64, hidden_size=64, ffn_size=128, layers=2), mask_layer=1)
    finder = FlagFinder(shape)
    for head in (finder.trunk.class_embedding, finder.box_embedding, finder.score_embedding, finder.mask_embedding):
        torch.nn.init.normal_(head.weight, std=0.3)
    path = tmp_path_factory.mktemp("finder") / "weights.pt"
    torch.save({"shape": shape.as_dict(), "step": 7, "elapsed": 60.0, "pictures": 9, "weights": finder.state_dict()}, path)
    return path


@pytest.fixture(scope="module")
def models(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models")
    assert max(export_finder(checkpoint, out, INFO).values()) < 1e-4
    return out


def run(package: Path, pixels: torch.Tensor) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(str(package / "onnx" / "model.onnx"), providers=["CPUExecutionProvider"])
    return session.run(None, {"pixel_values": pixels.numpy()})


def test_a_second_export_gives_the_same_bytes(checkpoint: Path, models: Path, tmp_path: Path) -> None:
    export_finder(checkpoint, tmp_path, INFO)
    files = sorted(path.relative_to(models) for path in models.rglob("*") if path.is_file())
    assert len(files) == 10
    for file in files:
        assert (models / file).read_bytes() == (tmp_path / file).read_bytes(), file


def test_scores_read_by_hugging_face_are_score_times_class_chance(checkpoint: Path, models: Path) -> None:
    finder, _ = load_finder(checkpoint)
    pixels = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        _, classes, scores, corners = finder(pixels)
    chances = classes.softmax(-1) * scores.sigmoid().unsqueeze(-1)
    logits, boxes = (torch.from_numpy(value) for value in run(models / DETECTOR, pixels))
    assert logits.shape == (2, 16, 199) and boxes.shape == (2, 16, 4)
    outputs = YolosObjectDetectionOutput(logits=logits, pred_boxes=boxes)
    found = YolosImageProcessor().post_process_object_detection(outputs, threshold=0.0, target_sizes=[(64, 64), (30, 50)])
    for i, (height, width) in enumerate([(64, 64), (30, 50)]):
        best, label = chances[i].max(-1)
        assert torch.allclose(found[i]["scores"], best, atol=1e-4) and torch.equal(found[i]["labels"], label)
        expected = corners[i].clamp(0, 1) * torch.tensor([width, height, width, height])
        assert torch.allclose(found[i]["boxes"], expected, atol=1e-2)


def test_masks_of_the_package_are_the_finders(checkpoint: Path, models: Path) -> None:
    finder, _ = load_finder(checkpoint)
    pixels = torch.rand(3, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        masks = finder(pixels)[0]
    (logits,) = run(models / SEGMENTER, pixels)
    assert logits.shape == (3, 2, 16, 16)
    assert torch.allclose(torch.from_numpy(logits).softmax(1)[:, 1], masks[:, 0].sigmoid(), atol=1e-4)


def test_the_segmenter_holds_no_layer_that_the_mask_does_not_need(models: Path) -> None:
    detector, segmenter = ((models / name / "onnx" / "model.onnx").stat().st_size for name in (DETECTOR, SEGMENTER))
    assert segmenter < 0.75 * detector


@torch.no_grad()
def _attentions(finder: FlagFinder, pixels: torch.Tensor, layers: int) -> list[torch.Tensor]:
    """Each layer's weights ``[batch, heads, tokens, tokens]``, by Vaswani et al. 2017."""
    trunk = finder.trunk
    states = trunk.patch(trunk.patches(pixels))
    states = torch.cat([trunk.class_token.expand(len(states), -1, -1), states], dim=1) + trunk.position_embedding
    attentions = []
    for layer in trunk.layers[:layers]:
        attention = layer.self_attention
        query, key, _ = attention.packed(layer.self_norm(states)).chunk(3, dim=-1)
        heads = [part.unflatten(-1, (attention.head_count, -1)).transpose(1, 2) for part in (query, key)]
        attentions.append(torch.softmax(heads[0] @ heads[1].transpose(2, 3) / attention.head_size**0.5, dim=-1))
        states = layer(states, None, None, None)
    return attentions


@pytest.mark.parametrize(("name", "layers"), [(DETECTOR, 2), (SEGMENTER, 1)])
def test_attentions_are_the_finders_and_take_no_weights_of_their_own(checkpoint: Path, models: Path, name: str, layers: int) -> None:
    finder, _ = load_finder(checkpoint)
    pixels = torch.rand(2, 3, 64, 64) * 2 - 1
    graph = models / name / "onnx" / "attention_model.onnx"
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    got = session.run([f"attentions.{layer}" for layer in range(layers)], {"pixel_values": pixels.numpy()})
    for ours, theirs in zip(got, _attentions(finder, pixels, layers), strict=True):
        assert ours.shape == (2, 4, 17, 17) and np.abs(ours - theirs.numpy()).max() < 1e-4
    assert graph.stat().st_size < 0.2 * (models / name / "onnx" / "model.onnx").stat().st_size


def test_settings_name_the_task_and_how_pictures_are_prepared(models: Path) -> None:
    manifest = json.loads((models / DETECTOR / "triptych.json").read_text())
    assert manifest["task"] == "object-detection" and manifest["detection"] == {"suppression_iou": 0.5, "threshold": 0.3}
    config = json.loads((models / DETECTOR / "config.json").read_text())
    assert len(config["id2label"]) == 198 and config["id2label"]["44"] == "Germany"
    pixels = YolosImageProcessor.from_pretrained(models / DETECTOR)(Image.new("RGB", (90, 30), (255, 0, 0)), return_tensors="pt")
    assert pixels["pixel_values"].shape == (1, 3, 64, 64) and pixels["pixel_values"][0, :, 5, 5].tolist() == [1, -1, -1]
    assert json.loads((models / SEGMENTER / "config.json").read_text())["id2label"] == {"0": "background", "1": "flag"}


def test_weights_with_more_than_sixteen_bits_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    from foundry.graphs import export_graph

    layer = torch.nn.Linear(100, 100)
    export_graph(layer, {"pixel_values": torch.rand(2, 100)}, {"logits": {0: "batch"}}, {"pixel_values": {0: "batch"}}, tmp_path / "m.onnx")
    with pytest.raises(AssertionError, match="bfloat16"):
        check_packable(tmp_path / "m.onnx")


def test_the_best_threshold_lies_between_the_last_right_object_and_the_next() -> None:
    boxes = np.array([[0, 0, 10, 10], [20, 20, 30, 30], [50, 50, 60, 60]], np.float32)
    found = Found(boxes, np.array([0.9, 0.8, 0.4]), np.array([0, 1, 1]))
    f1, threshold = best_f1([found], [boxes[:2]], [np.array([0, 1])])
    assert f1 == 1 and abs(threshold - 0.6) < 1e-9
    # The same place under another name is not right.
    assert best_f1([found], [boxes[:1]], [np.array([1])])[0] == 0


def test_a_pictures_objects_do_not_depend_on_the_floor(models: Path) -> None:
    logits, boxes = run(models / DETECTOR, torch.rand(1, 3, 64, 64) * 2 - 1)
    low, high = (find(logits[0], boxes[0], 64, 64, floor, 0.5) for floor in (0.0, 0.05))
    assert np.array_equal(low.scores[low.scores > 0.05], high.scores)
