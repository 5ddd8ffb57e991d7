"""The graph that shows which source tokens a decoder looks at: a package's encoder and decoder as one, up to the weights of
cross-attention (Vaswani et al. 2017)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, compose, helper

ATTENTION = "attention_model"
_CROSS = re.compile(r"/(encoder_attn|EncDecAttention)/Softmax$")


def write_attention(graphs: Path) -> Path:
    """Writes ``attention_model.onnx`` beside ``encoder_model.onnx`` and ``decoder_model.onnx``; returns its path.

    Inputs ``input_ids`` and ``attention_mask`` ``[batch, source]`` and ``decoder_input_ids`` ``[batch, target]``, outputs
    ``cross_attentions.N`` ``[batch, heads, target, source]`` for each decoder layer. Weights in files beside the graphs are
    shared, not copied. Raises ``ValueError`` where the decoder's graph does not name its cross-attention, or gives something else.
    """
    encoder = _load(graphs / "encoder_model.onnx", "encoder/")
    decoder = _load(graphs / "decoder_model.onnx", "decoder/")
    weights = [node.output[0] for node in decoder.graph.node if node.op_type == "Softmax" and _CROSS.search(node.name)]
    if not weights:
        raise ValueError("decoder_model.onnx has no Softmax under a name of cross-attention; fused graphs do not show it")
    ids = [_input(name, length) for name, length in
           (("input_ids", "source"), ("attention_mask", "source"), ("decoder_input_ids", "target"))]
    wires = {"encoder/input_ids": "input_ids", "encoder/attention_mask": "attention_mask",
             "decoder/input_ids": "decoder_input_ids", "decoder/encoder_attention_mask": "attention_mask",
             "decoder/encoder_hidden_states": "encoder/last_hidden_state"}
    inputs = {value.name for model in (encoder, decoder) for value in model.graph.input}
    nodes = [helper.make_node("Identity", [source], [name]) for name, source in wires.items() if name in inputs]
    outputs = []
    ends = []
    for layer, weight in enumerate(weights):
        ends.append(helper.make_node("Identity", [weight], [f"cross_attentions.{layer}"]))
        outputs.append(helper.make_tensor_value_info(
            f"cross_attentions.{layer}", TensorProto.FLOAT, ["batch", "heads", "target", "source"]))
    ordered = [*nodes[:2], *encoder.graph.node, *nodes[2:], *decoder.graph.node, *ends]
    kept = _needed(ordered, {output.name for output in outputs})
    used = {name for node in kept for name in node.input}
    initializers = [value for model in (encoder, decoder) for value in model.graph.initializer if value.name in used]
    graph: GraphProto = helper.make_graph(kept, ATTENTION, ids, outputs, initializers)
    model: ModelProto = helper.make_model(graph, opset_imports=decoder.opset_import, ir_version=decoder.ir_version)
    path = graphs / f"{ATTENTION}.onnx"
    onnx.save(model, str(path))
    try:
        _check(path, len(weights))
    except Exception:
        path.unlink()
        raise
    return path


def add_attention(package: Path) -> Path:
    """Writes the graph of a package, for a decoder's or a picture's tokens, and, where a manifest lists digests, the graph's; returns
    its path."""
    from foundry.picture_attention import write_picture_attention

    translates = (package / "onnx" / "encoder_model.onnx").exists()
    path = (write_attention if translates else write_picture_attention)(package / "onnx")
    manifest_path = package / "triptych.json"
    if manifest_path.exists():
        manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
        if "sha256" in manifest:
            listed = manifest["sha256"] | {f"onnx/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()}
            manifest_path.write_text(
                json.dumps(manifest | {"sha256": dict(sorted(listed.items()))}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _load(path: Path, prefix: str) -> ModelProto:
    return compose.add_prefix(onnx.load(str(path), load_external_data=False), prefix)


def _input(name: str, length: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", length])


def _needed(nodes: Iterable[NodeProto], outputs: set[str]) -> list[NodeProto]:
    """Those nodes of an ordered list that lead to the outputs."""
    wanted = set(outputs)
    kept = []
    for node in reversed(list(nodes)):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            wanted.update(name for attribute in node.attribute for inner in attribute.g.node for name in inner.input)
            kept.append(node)
    return kept[::-1]


def _check(path: Path, layers: int) -> None:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {"input_ids": np.array([[5, 6, 7, 8, 5], [6, 7, 5, 5, 5]]), "attention_mask": np.array([[1] * 5, [1, 1, 1, 0, 0]]),
             "decoder_input_ids": np.array([[5, 6, 7], [8, 7, 6]])}
    for layer, weights in enumerate(session.run(None, feeds)):
        if weights.ndim != 4 or weights.shape[0] != 2 or weights.shape[2:] != (3, 5):
            raise ValueError(f"cross_attentions.{layer} has the shape {weights.shape}, not [2, heads, 3, 5]")
        if not np.allclose(weights.sum(-1), 1, atol=1e-4) or np.abs(weights[1, :, :, 3:]).max() > 1e-6:
            raise ValueError(f"cross_attentions.{layer} does not give the weights of the tokens that the mask leaves")
