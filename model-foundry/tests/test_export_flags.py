"""The classifier's package: pictures of any size, attention, one file of weights, and the way back to a training."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch.nn import functional as F

from foundry.export_vision import FlagInfo, export_flags
from foundry.recover_vision import recover_flags
from foundry.vision_model import FlagClassifier, VisionShape

SHAPE = VisionShape(199, image_size=64, patch_size=16, hidden_size=64, ffn_size=128, layers=2)


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(5)
    model = FlagClassifier(SHAPE)
    torch.nn.init.normal_(model.class_embedding.weight, std=0.3)
    torch.nn.init.normal_(model.position_embedding)
    for parameter in model.parameters():
        if parameter.dim() == 1:
            parameter.data += 0.1 * torch.randn_like(parameter)
    folder = tmp_path_factory.mktemp("training")
    torch.save({"shape": SHAPE.as_dict(), "step": 3, "elapsed": 60.0, "pictures": 5, "weights": model.state_dict()}, folder / "weights.pt")
    return folder


@pytest.fixture(scope="module")
def package(training: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("flags")
    assert export_flags(training, out, FlagInfo("none", "random")) < 1e-4
    return out


def run(package: Path, stem: str, pixels: torch.Tensor) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(str(package / "onnx" / f"{stem}.onnx"), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"pixel_values": pixels.numpy()})))


def by_hand(training: Path, pixels: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Logits and attentions of pictures of any size, written out once more from the trained weights."""
    weights = {name: value.bfloat16().float() for name, value in torch.load(training / "weights.pt", weights_only=True)["weights"].items()}
    rows, columns = pixels.shape[2] // 16, pixels.shape[3] // 16
    patches = F.unfold(pixels, 16, stride=16).transpose(1, 2) @ weights["patch.weight"].T + weights["patch.bias"]
    grid = weights["position_embedding"][:, 1:].reshape(1, 4, 4, 64).permute(0, 3, 1, 2)
    grid = F.interpolate(grid, size=(rows, columns), mode="bicubic", align_corners=False).flatten(2).transpose(1, 2)
    token = weights["class_token"].expand(len(pixels), -1, -1) + weights["position_embedding"][:, :1]
    states, attentions = torch.cat([token, patches + grid], 1), []
    for layer in range(2):
        part = {name.removeprefix(f"layers.{layer}."): value for name, value in weights.items() if name.startswith(f"layers.{layer}.")}
        normed = F.layer_norm(states, (64,), part["self_norm.weight"], part["self_norm.bias"])
        packed = normed @ part["self_attention.packed.weight"].T + part["self_attention.packed.bias"]
        query, key, value = packed.unflatten(2, (3, 4, 16)).permute(2, 0, 3, 1, 4)
        attentions.append((query @ key.transpose(2, 3) / 4).softmax(-1))
        mixed = (attentions[-1] @ value).transpose(1, 2).flatten(2)
        states = states + mixed @ part["self_attention.out.weight"].T + part["self_attention.out.bias"]
        normed = F.layer_norm(states, (64,), part["ffn_norm.weight"], part["ffn_norm.bias"])
        hidden = F.gelu(normed @ part["up.weight"].T + part["up.bias"])
        states = states + hidden @ part["down.weight"].T + part["down.bias"]
    last = F.layer_norm(states, (64,), weights["norm.weight"], weights["norm.bias"])[:, 0]
    return last @ weights["class_embedding.weight"].T + weights["class_embedding.bias"], attentions


@pytest.mark.parametrize(("height", "width"), [(64, 64), (96, 64), (32, 160), (16, 16), (16, 48)])
def test_pictures_of_any_size_get_interpolated_positions(training: Path, package: Path, height: int, width: int) -> None:
    pixels = torch.rand(3, 3, height, width) * 2 - 1
    logits, attentions = by_hand(training, pixels)
    plain, attentive = (run(package, stem, pixels) for stem in ("model", "attention_model"))
    assert list(plain) == ["logits"] and list(attentive) == ["logits", "attentions.0", "attentions.1"]
    for outputs in (plain, attentive):
        assert np.allclose(outputs["logits"], logits.numpy(), atol=1e-4)
    tokens = height * width // 256 + 1
    for layer in range(2):
        assert attentive[f"attentions.{layer}"].shape == (3, 4, tokens, tokens)
        assert np.allclose(attentive[f"attentions.{layer}"], attentions[layer].numpy(), atol=1e-5)


def test_both_graphs_share_one_file_of_weights(package: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in (package / "onnx").iterdir()}
    parameters = sum(value.numel() for value in FlagClassifier(SHAPE).parameters())
    assert set(sizes) == {"model.onnx", "attention_model.onnx", "model.onnx_data"}
    assert sum(sizes.values()) < 1.6 * 4 * parameters
    assert "onnx/model.onnx_data" in json.loads((package / "triptych.json").read_text())["sha256"]


def test_a_package_recovered_and_exported_again_has_the_same_bytes(package: Path, tmp_path: Path) -> None:
    recover_flags(package, tmp_path / "recovered")
    export_flags(tmp_path / "recovered", tmp_path / "again", FlagInfo("none", "random"))
    for path in sorted(path for path in package.rglob("*") if path.is_file()):
        assert (tmp_path / "again" / path.relative_to(package)).read_bytes() == path.read_bytes(), path


def test_the_bias_raises_no_flag_alone(training: Path, package: Path, tmp_path: Path) -> None:
    export_flags(training, tmp_path, FlagInfo("none", "random", no_flag_bias=1.5))
    pixels = torch.rand(2, 3, 64, 64)
    change = run(tmp_path, "model", pixels)["logits"] - run(package, "model", pixels)["logits"]
    assert np.allclose(change[:, -1], 1.5, atol=1e-4) and np.abs(change[:, :-1]).max() < 1e-4
