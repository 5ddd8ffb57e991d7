"""Turns a training's snapshots into a Hugging Face model: averaging, renaming, saving."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import M2M100Config, M2M100ForConditionalGeneration

from foundry.model import ModelShape, Translator, hugging_face_config


@dataclass(frozen=True)
class Trained:
    """Averaged fp32 weights by our names, and where in the training they come from."""

    shape: ModelShape
    weights: dict[str, Tensor]
    steps: int
    minutes: float
    target_tokens: int
    averaged: int


def average_snapshots(folder: Path, count: int) -> Trained:
    """Mean of the last ``count`` snapshots of a training (all of them when there are fewer)."""
    paths = sorted(folder.glob("weights-*.pt"))[-count:]
    if not paths:
        raise FileNotFoundError(f"{folder} holds no weights-*.pt: train first")
    snapshots = [torch.load(path, weights_only=True) for path in paths]
    last = snapshots[-1]
    weights = {name: sum(snap["weights"][name] for snap in snapshots) / len(snapshots) for name in last["weights"]}
    return Trained(ModelShape(**last["shape"]), weights, last["step"], last["elapsed"] / 60, last["tokens"], len(paths))


def averaged(folder: Path, prefix: str, count: int) -> tuple[dict[str, Tensor], dict] | None:
    """Mean weights of the last ``count`` snapshots named ``prefix-*.pt`` and the newest one's state; ``None`` without any."""
    snapshots = [torch.load(path, weights_only=True) for path in sorted(folder.glob(f"{prefix}-*.pt"))[-count:]]
    if not snapshots:
        return None
    mean = {name: sum(snap["weights"][name] for snap in snapshots) / len(snapshots) for name in snapshots[0]["weights"]}
    return mean, snapshots[-1]


def recorded_pair(folder: Path) -> str:
    """The language pair that a training was started with; empty for one that did not record it."""
    return torch.load(sorted(folder.glob("weights-*.pt"))[-1], weights_only=True).get("pair", "")


def _layer_names(ours: str, theirs: str, cross: bool, weights: dict[str, Tensor], width: int) -> dict[str, Tensor]:
    renamed: dict[str, Tensor] = {}
    norms = {"self_norm": "self_attn_layer_norm", "ffn_norm": "final_layer_norm", "up": "fc1", "down": "fc2"}
    norms |= {"self_attention.out": "self_attn.out_proj"}
    if cross:
        norms |= {"cross_norm": "encoder_attn_layer_norm", "cross_attention.out": "encoder_attn.out_proj",
                  "cross_attention.query": "encoder_attn.q_proj"}
    for kind in ("weight", "bias"):
        for left, right in norms.items():
            renamed[f"{theirs}.{right}.{kind}"] = weights[f"{ours}.{left}.{kind}"]
        for part, name in enumerate("qkv"):
            packed = weights[f"{ours}.self_attention.packed.{kind}"]
            renamed[f"{theirs}.self_attn.{name}_proj.{kind}"] = packed[part * width : (part + 1) * width]
        if cross:
            for part, name in enumerate("kv"):
                packed = weights[f"{ours}.cross_attention.packed.{kind}"]
                renamed[f"{theirs}.encoder_attn.{name}_proj.{kind}"] = packed[part * width : (part + 1) * width]
    return renamed


def to_hugging_face(shape: ModelShape, weights: dict[str, Tensor]) -> M2M100ForConditionalGeneration:
    """The same function as :class:`Translator` with these weights, as a transformers model in eval mode."""
    config = M2M100Config(**hugging_face_config(shape), attn_implementation="eager")
    model = M2M100ForConditionalGeneration(config)
    state: dict[str, Tensor] = {"model.shared.weight": weights["embedding.weight"]}
    for side, count in (("encoder", shape.encoder_layers), ("decoder", shape.decoder_layers)):
        for kind in ("weight", "bias"):
            state[f"model.{side}.layer_norm.{kind}"] = weights[f"{side}_norm.{kind}"]
        for layer in range(count):
            state |= _layer_names(f"{side}.{layer}", f"model.{side}.layers.{layer}", side == "decoder", weights, shape.hidden_size)
    missing, unexpected = model.load_state_dict(state, strict=False)
    tied = {"model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight", "lm_head.weight"}
    if unexpected or set(missing) - tied:
        raise ValueError(f"weights do not fit: missing {sorted(set(missing) - tied)}, unexpected {unexpected}")
    model.tie_weights()
    return model.eval()


def to_translator(shape: ModelShape, weights: dict[str, Tensor]) -> Translator:
    """Our own module in fp32 with these weights, in eval mode."""
    model = Translator(shape)
    model.load_state_dict(weights)
    return model.eval()
