"""Tiny random models with golden outputs by Hugging Face and Pillow, for the tests of the Java side."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import torch
from PIL import Image
from transformers import ViTConfig, ViTForImageClassification
from transformers.image_utils import load_image
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

from foundry import (
    attention_fixtures, broken_fixtures, chat_fixtures, fixture_families, fixture_pictures, graphs, vision_fixtures,
)
from foundry.fixture_models import randomize
from foundry.fixture_texts import write_json


def vit(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    labels = ["circle", "square", "triangle", "star", "nothing"]
    config = ViTConfig(image_size=32, patch_size=8, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                       intermediate_size=64, id2label=dict(enumerate(labels)), label2id={v: k for k, v in enumerate(labels)},
                       attn_implementation="eager")
    model = ViTForImageClassification(config)
    randomize(model, 15, 0.2)
    write_json(folder / "config.json", model.config.to_diff_dict() | {"architectures": ["ViTForImageClassification"]})
    graphs.export_image_classifier(model, folder / "onnx")
    processor = ViTImageProcessorPil(size={"height": 32, "width": 32}, resample=2)
    settings = {"do_resize": True, "size": {"height": 32, "width": 32}, "resample": 2, "do_rescale": True,
                "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    write_json(folder / "preprocessor_config.json", settings | {"image_processor_type": "ViTImageProcessor"})
    cases = []
    for name in fixture_pictures.plain(folder / "images"):
        # load_image turns by EXIF and converts to RGB, as Hugging Face's pipelines do.
        image = load_image(str(folder / "images" / name))
        pixels = processor(image, return_tensors="pt")["pixel_values"]
        with torch.no_grad():
            logits = model(pixel_values=pixels).logits[0]
        pixels.numpy().astype("<f4").tofile(folder / "images" / f"{name}.f32")
        cases.append({"image": f"images/{name}", "width": image.width, "height": image.height,
                      "pixel_values": f"images/{name}.f32", "shape": list(pixels.shape), "lossless": name.endswith("png"),
                      "logits": [round(float(v), 5) for v in logits], "label": labels[int(logits.argmax())]})
    write_json(folder / "golden-classification.json", cases)


def resize(folder: Path) -> None:
    """Raw Pillow resizes: no model, the filters alone."""
    folder.mkdir(parents=True, exist_ok=True)
    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS,
               "box": Image.Resampling.BOX, "nearest": Image.Resampling.NEAREST}
    cases = []
    for width, height, seed in [(37, 23, 21), (160, 120, 22), (3, 4, 23), (64, 64, 24)]:
        source = f"source-{width}x{height}.png"
        picture = fixture_pictures.picture(width, height, seed)
        picture.save(folder / source)
        for to_width, to_height in [(16, 16), (32, 32), (50, 7), (101, 64)]:
            for name, method in filters.items():
                result = f"{width}x{height}-to-{to_width}x{to_height}-{name}.png"
                picture.resize((to_width, to_height), method).save(folder / result)
                cases.append({"source": source, "width": to_width, "height": to_height, "filter": name,
                              "resample": int(method), "result": result})
    write_json(folder / "golden-resize.json", cases)


MAKERS = {
    "marian": fixture_families.marian, "m2m_100": fixture_families.m2m_100, "t5": fixture_families.t5, "bart": fixture_families.bart,
    "mbart": fixture_families.mbart, "gpt2": fixture_families.gpt2, "llama": fixture_families.llama,
    **{f"{name}-fused": partial(fixture_families.fused, maker) for name, maker in fixture_families.FUSED.items()},
    "qwen2": fixture_families.qwen2, "qwen3": fixture_families.qwen3, "bert": fixture_families.bert, "longformer": fixture_families.longformer,
    "big_bird": fixture_families.big_bird, "vit": vit, "resize": resize,
    "broken": broken_fixtures.broken, "chat": chat_fixtures.chat,
    "yolos": vision_fixtures.yolos, "segformer": vision_fixtures.segformer, "vit-attention": vision_fixtures.vit_attention,
    "attention": attention_fixtures.attention,
}


def write_fixtures(out: Path, only: list[str]) -> None:
    """Writes the named fixtures (all by default), each into a folder of its name."""
    torch.manual_seed(0)
    for name in only or list(MAKERS):
        MAKERS[name](out / name)
