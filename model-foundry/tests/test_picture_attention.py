"""The attentions of exported vision packages against Hugging Face's ``output_attentions``."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from transformers import (
    SegformerConfig, SegformerForSemanticSegmentation, ViTConfig, ViTForImageClassification, YolosConfig, YolosForObjectDetection,
)

from foundry.attention import add_attention
from foundry.export import PackageInfo
from foundry.export_checkpoint import export_checkpoint

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64, "patch_size": 8,
         "attn_implementation": "eager"}
MODELS = {
    "yolos": (lambda: YolosForObjectDetection(YolosConfig(image_size=[32, 48], num_detection_tokens=5, **SIZES)), "YolosImageProcessor",
              [(32, 48), (40, 64)]),
    "vit": (lambda: ViTForImageClassification(ViTConfig(image_size=32, **SIZES)), "ViTImageProcessor", [(32, 32)]),
}


def _package(model: torch.nn.Module, processor: str, folder: Path) -> Path:
    checkpoint, package = folder / "checkpoint", folder / "package"
    model.save_pretrained(checkpoint)
    (checkpoint / "preprocessor_config.json").write_text(json.dumps({"image_processor_type": processor}))
    export_checkpoint(checkpoint, package, PackageInfo("", "", "none", "random weights"), int8=False, calibration=[])
    return package


@pytest.mark.parametrize("family", list(MODELS))
def test_attentions_equal_hugging_faces_at_every_size(family: str, tmp_path: Path) -> None:
    torch.manual_seed(3)
    make, processor, sizes = MODELS[family]
    model = make().eval()
    package = _package(model, processor, tmp_path)
    session = onnxruntime.InferenceSession(str(package / "onnx" / "attention_model.onnx"), providers=["CPUExecutionProvider"])
    for height, width in sizes:
        pixels = torch.randn(2, 3, height, width)
        with torch.no_grad():
            expected = model(pixel_values=pixels, output_attentions=True).attentions
        got = session.run([f"attentions.{layer}" for layer in range(2)], {"pixel_values": pixels.numpy()})
        for ours, theirs in zip(got, expected, strict=True):
            assert ours.shape == theirs.shape and np.abs(ours - theirs.numpy()).max() < 1e-4


def test_segformer_is_refused_because_its_keys_stand_for_several_patches(tmp_path: Path) -> None:
    config = SegformerConfig(depths=[1, 1, 1, 1], hidden_sizes=[8, 16, 24, 32], num_attention_heads=[1, 2, 3, 4], decoder_hidden_size=32)
    package = _package(SegformerForSemanticSegmentation(config).eval(), "SegformerImageProcessor", tmp_path)
    with pytest.raises(ValueError, match="not square"):
        add_attention(package)
    assert not (package / "onnx" / "attention_model.onnx").exists()
