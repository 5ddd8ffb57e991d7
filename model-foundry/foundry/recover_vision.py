"""Reads the weights of an exported flag classifier back, so that a training can go on where no checkpoint was kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from foundry.graphs import POSITION_PARTS
from foundry.greedy import open_session
from foundry.vision_model import FlagClassifier, VisionShape


def hugging_face_state(graph: Path) -> dict[str, Tensor]:
    """Parameters by Hugging Face's names; the exporter left matrices transposed and nameless, so their bias names them."""
    model = onnx.load(str(graph)).graph
    values = {entry.name: torch.from_numpy(numpy_helper.to_array(entry).copy()) for entry in model.initializer}
    added_to = {name: node for node in model.node if node.op_type == "Add" for name in node.input}
    state = {name.removeprefix("model."): value for name, value in values.items() if name.startswith("model.")}
    for node in model.node:
        if node.op_type == "MatMul" and node.input[1] in values:
            bias = next(name for name in added_to[node.output[0]].input if name.startswith("model."))
            state[bias.removeprefix("model.").removesuffix("bias") + "weight"] = values[node.input[1]].T.contiguous()
    if POSITION_PARTS[0] in values:
        state["vit.embeddings.position_embeddings"] = torch.cat([values[part] for part in POSITION_PARTS], dim=1)
    return state


def own_weights(state: dict[str, Tensor], shape: VisionShape) -> dict[str, Tensor]:
    """The way back of :func:`foundry.vision_model.vit_to_hugging_face`."""
    weights = {
        "class_token": state["vit.embeddings.cls_token"],
        "position_embedding": state["vit.embeddings.position_embeddings"],
        "patch.weight": state["vit.embeddings.patch_embeddings.projection.weight"].flatten(1),
        "patch.bias": state["vit.embeddings.patch_embeddings.projection.bias"],
    }
    names = {"self_norm": "layernorm_before", "ffn_norm": "layernorm_after", "up": "mlp.fc1", "down": "mlp.fc2",
             "self_attention.out": "attention.o_proj"}
    for kind in ("weight", "bias"):
        weights[f"norm.{kind}"] = state[f"vit.layernorm.{kind}"]
        weights[f"class_embedding.{kind}"] = state[f"classifier.{kind}"]
        for layer in range(shape.layers):
            ours, theirs = f"layers.{layer}", f"vit.layers.{layer}"
            weights[f"{ours}.self_attention.packed.{kind}"] = torch.cat(
                [state[f"{theirs}.attention.{part}_proj.{kind}"] for part in "qkv"])
            for own, name in names.items():
                weights[f"{ours}.{own}.{kind}"] = state[f"{theirs}.{name}.{kind}"]
    return weights


def recover_flags(package: Path, out: Path) -> float:
    """Writes ``out/weights.pt`` as a training would; returns the largest difference of logits to the graph, at most 1e-3."""
    config = json.loads((package / "config.json").read_text())
    manifest = json.loads((package / "triptych.json").read_text())["provenance"]
    shape = VisionShape(classes=len(config["id2label"]), image_size=config["image_size"], patch_size=config["patch_size"],
                        hidden_size=config["hidden_size"], ffn_size=config["intermediate_size"],
                        head_count=config["num_attention_heads"], layers=config["num_hidden_layers"])
    graph = package / "onnx" / "model.onnx"
    model = FlagClassifier(shape).eval()
    model.load_state_dict(own_weights(hugging_face_state(graph), shape))
    pixels = torch.rand(4, 3, shape.image_size, shape.image_size, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.no_grad():
        ours = model(pixels).numpy()
    difference = float(np.abs(open_session(graph).run(["logits"], {"pixel_values": pixels.numpy()})[0] - ours).max())
    if difference > 1e-3:
        raise AssertionError(f"the recovered weights give other logits than the graph, by {difference}")
    out.mkdir(parents=True, exist_ok=True)
    torch.save({"shape": shape.as_dict(), "step": manifest["steps"], "elapsed": manifest["minutes"] * 60,
                "pictures": manifest["pictures"], "weights": model.state_dict()}, out / "weights.pt")
    return difference
