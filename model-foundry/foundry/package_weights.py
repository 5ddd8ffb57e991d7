"""The PyTorch model that a translation package's plain graphs were exported from, its weights read out of them."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from transformers import AutoConfig, AutoModelForSeq2SeqLM, GenerationConfig, PreTrainedModel

_PREFIXES = {"encoder_model": ("encoder.", "model.encoder."), "decoder_model": ("model.model.", "model.")}
# What transformers computes or shares by itself.
_DERIVED = ("embed_positions", "embed_tokens", "lm_head", "final_logits_bias")


def load_package(package: Path) -> PreTrainedModel:
    """The model in eval mode with the package's generation settings; fails where a weight is not found."""
    config = AutoConfig.from_pretrained(package, local_files_only=True)
    model = AutoModelForSeq2SeqLM.from_config(config)
    weights: dict[str, Tensor] = {}
    for graph, (theirs, ours) in _PREFIXES.items():
        for name, value in _named_weights(package / "onnx" / f"{graph}.onnx").items():
            if name.startswith(theirs):
                weights[ours + name.removeprefix(theirs)] = value
    wanted = {name for name in model.state_dict() if not any(part in name for part in _DERIVED)}
    missing = sorted(wanted - weights.keys())
    if missing:
        raise ValueError(f"{package} does not give {', '.join(missing[:3])} of {len(missing)} weights")
    model.load_state_dict({name: weights[name] for name in wanted}, strict=False)
    model.tie_weights()
    model.generation_config = GenerationConfig.from_pretrained(package, local_files_only=True)
    return model.eval()


def _named_weights(path: Path) -> dict[str, Tensor]:
    """Initializers by name; the nameless factor of a product is found by the bias that is added to it."""
    graph = onnx.load(str(path)).graph
    values = {tensor.name: tensor for tensor in graph.initializer}
    named = {name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for name, tensor in values.items() if "::" not in name}
    factors = {node.output[0]: node.input[1] for node in graph.node if node.op_type == "MatMul" and node.input[1] in values}
    for node in graph.node:
        if node.op_type != "Add":
            continue
        for bias, product in (node.input, reversed(node.input)):
            if bias in named and bias.endswith(".bias") and product in factors:
                factor = numpy_helper.to_array(values[factors[product]])
                named[bias.removesuffix("bias") + "weight"] = torch.from_numpy(factor.T.copy())
    return named
