"""Tiny random models with golden outputs by Hugging Face and Pillow, for the tests of the Java side."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from transformers import ViTConfig, ViTForImageClassification
from transformers.image_utils import load_image
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

from foundry import broken_fixtures, chat_fixtures, fixture_families, graphs
from foundry.fixture_models import randomize
from foundry.fixture_texts import write_json


def _picture(width: int, height: int, seed: int) -> Image.Image:
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


def _pictures(folder: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: shown turned a quarter to the right
    _picture(40, 30, 1).save(folder / "rgb-40x30.png")
    _picture(33, 17, 2).convert("L").save(folder / "gray-33x17.png")
    _picture(32, 32, 3).save(folder / "exact-32x32.png")
    _picture(5, 71, 4).save(folder / "narrow-5x71.png")
    _picture(1, 1, 5).save(folder / "one-1x1.png")
    _picture(50, 41, 6).quantize(16).save(folder / "palette-50x41.png")
    translucent = _picture(45, 45, 7).convert("RGBA")
    translucent.putalpha(Image.linear_gradient("L").resize((45, 45)))
    translucent.save(folder / "alpha-45x45.png")
    _picture(200, 150, 8).save(folder / "photo-200x150.jpg", quality=92, subsampling=0)
    _picture(61, 90, 9).convert("L").save(folder / "gray-61x90.jpg", quality=92)
    _picture(120, 80, 10).save(folder / "rotated-exif6-120x80.jpg", quality=92, subsampling=0, exif=exif)
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".png", ".jpg"))


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
    for name in _pictures(folder / "images"):
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
        picture = _picture(width, height, seed)
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
    "qwen2": fixture_families.qwen2, "qwen3": fixture_families.qwen3, "bert": fixture_families.bert, "vit": vit, "resize": resize,
    "broken": broken_fixtures.broken, "chat": chat_fixtures.chat,
}


def write_fixtures(out: Path, only: list[str]) -> None:
    """Writes the named fixtures (all by default), each into a folder of its name."""
    torch.manual_seed(0)
    for name in only or list(MAKERS):
        MAKERS[name](out / name)
