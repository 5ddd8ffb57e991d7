"""The graph that shows what the patches of a Vision Transformer look at: a package's own graph, whose softmaxes are outputs too."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import ModelProto, TensorProto, helper

from foundry.attention import ATTENTION

MODEL = "model.onnx"
# Smaller weights are copied: a reference takes nearly as much room.
_SMALLEST = 512
_PASSING = ("Identity", "Cast", "Dropout")


def write_picture_attention(graphs: Path) -> Path:
    """Writes ``attention_model.onnx`` beside ``model.onnx``; returns its path.

    It has the inputs and outputs of ``model.onnx`` and ``attentions.N`` ``[batch, heads, tokens, tokens]`` for each layer. Weights
    are not copied: the graph refers to the bytes of ``model.onnx`` in which they lie, so it has to be written again whenever that
    file changes. Raises ``ValueError`` where a token does not look at every token, as in SegFormer, or no softmax is to be seen.
    """
    source = graphs / MODEL
    model = onnx.load(str(source), load_external_data=False)
    _refer(model, source)
    softmaxes = [node.output[0] for node in model.graph.node if node.op_type == "Softmax" and _weighs(node.output[0], model)]
    taken = {put.name for put in model.graph.output}
    if not softmaxes or taken.intersection(softmaxes):
        raise ValueError(f"{source} has no Softmax that gives attentions; fused graphs do not show them")
    for layer, name in enumerate(softmaxes):
        model.graph.node.append(helper.make_node("Identity", [name], [f"attentions.{layer}"]))
        model.graph.output.append(
            helper.make_tensor_value_info(f"attentions.{layer}", TensorProto.FLOAT, ["batch_size", "heads", "tokens", "tokens"]))
    path = graphs / f"{ATTENTION}.onnx"
    onnx.save(model, str(path))
    try:
        _check(path, source, len(softmaxes))
    except Exception:
        path.unlink()
        raise
    return path


def _refer(model: ModelProto, source: Path) -> None:
    """Makes large weights that lie in a graph's own file references to their bytes there."""
    data = source.read_bytes()
    for tensor in model.graph.initializer:
        raw = tensor.raw_data
        if len(raw) < _SMALLEST or tensor.data_location == TensorProto.EXTERNAL:
            continue
        offset = data.find(raw)
        if offset < 0:
            raise ValueError(f"the bytes of {tensor.name} are not in {source}")
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, text in (("location", source.name), ("offset", str(offset)), ("length", str(len(raw)))):
            tensor.external_data.add(key=key, value=text)


def _weighs(name: str, model: ModelProto) -> bool:
    """Whether a value is multiplied with values from the left, as attention is; a head may have a softmax of its own."""
    readers = [node for node in model.graph.node if name in node.input]
    return any(node.op_type == "MatMul" and node.input[0] == name
               or node.op_type in _PASSING and _weighs(node.output[0], model) for node in readers)


def _size(source: Path) -> tuple[int, int]:
    """Height and width that a package's graph takes; one that names none takes any that a stride of 32 divides."""
    config = json.loads((source.parent.parent / "config.json").read_text(encoding="utf-8"))
    size = config.get("image_size", 64)
    return (size, size) if isinstance(size, int) else tuple(size)


def _check(path: Path, source: Path, layers: int) -> None:
    """Fails unless every softmax is square over the same tokens, its rows sum to one, and the other outputs are the graph's own."""
    own = onnxruntime.InferenceSession(str(source), providers=["CPUExecutionProvider"])
    attentive = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {"pixel_values": np.random.default_rng(1).standard_normal((2, 3, *_size(source))).astype(np.float32)}
    shapes = set()
    for layer, weights in enumerate(attentive.run([f"attentions.{layer}" for layer in range(layers)], feeds)):
        shapes.add(weights.shape)
        if weights.ndim != 4 or weights.shape[2] != weights.shape[3]:
            raise ValueError(f"attentions.{layer} has the shape {list(weights.shape)}, it is not square: a token does not look at every token")
        if not np.allclose(weights.sum(-1), 1, atol=1e-4):
            raise ValueError(f"attentions.{layer} has rows that do not sum to 1")
    if len(shapes) != 1:
        raise ValueError(f"attentions of different layers have different shapes: {sorted(shapes)}")
    for put in own.get_outputs():
        if np.abs(own.run([put.name], feeds)[0] - attentive.run([put.name], feeds)[0]).max() > 1e-4:
            raise ValueError(f"{put.name} is another with attentions than without")
