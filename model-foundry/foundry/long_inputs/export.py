"""Writes a trained long encoder as a model package: weights in int8, arithmetic in float32."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.onnx import register_custom_op_symbolic
from torch.onnx.symbolic_helper import parse_args

from foundry.export import digests, rounded, write_json
from foundry.graph_builder import CONTRIB, int8_columns
from foundry.graphs import export_graph
from foundry.greedy import open_session
from foundry.long_inputs.attention import MASKED
from foundry.long_inputs.encoder import LongAttention, LongEncoder, LongShape
from foundry.quantize import _quantize_gathers

EMBEDDINGS = "embeddings.onnx_data"
TOLERANCE = 1e-4
# Within a window, a block and a rank, one more than each, several, and many.
LENGTHS = (7, 129, 256, 700, 2049)


@torch.library.custom_op("triptych::fused_attention", mutates_args=())
def _fused_attention(query: Tensor, key: Tensor, value: Tensor, heads: int, scale: float) -> Tensor:
    query, key, value = (states.unflatten(2, (heads, -1)).transpose(1, 2) for states in (query, key, value))
    return ((query @ key.transpose(2, 3) * scale).softmax(-1) @ value).transpose(1, 2).flatten(2)


@parse_args("v", "v", "v", "i", "f")
def _operator(graph, query, key, value, heads, scale):  # noqa: ANN001, ANN202
    """ONNX Runtime's ``MultiHeadAttention``, which works block by block like FlashAttention (Dao et al. 2022)."""
    return graph.op(f"{CONTRIB}::MultiHeadAttention", query, key, value, num_heads_i=heads, scale_f=scale)


register_custom_op_symbolic("triptych::fused_attention", _operator, 17)


def fused_full(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """:func:`foundry.long_inputs.attention.full` by the fused operator.

    Given a mask, the operator's kernel for processors writes the whole matrix of scores. So the mask rides along as one
    more number of each head: 1 in the query, far below any score in the key of what is padding.
    """
    heads, scale = query.shape[1], 1 / math.sqrt(query.shape[3])
    bias = ((1.0 - mask.to(query.dtype)) * (MASKED / scale))[:, None, :, None].expand(-1, heads, -1, -1)
    flat = lambda states: states.transpose(1, 2).flatten(2)  # noqa: E731
    longer_query, longer_key = torch.cat([query, query[..., :1] * 0 + 1], dim=3), torch.cat([key, bias], dim=3)
    mixed = _fused_attention(flat(longer_query), flat(longer_key), flat(value), heads, scale)
    return mixed.unflatten(2, (heads, -1)).transpose(1, 2)


def int8_weights(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The values that the package's int8 weights stand for: one scale for each output of a product and each token."""
    rounded = {}
    for name, value in weights.items():
        value = value.float()
        if value.dim() == 2:
            whole, scale = int8_columns(value.numpy().T)
            value = torch.from_numpy((whole.astype(np.float32) * scale).T.copy())
        rounded[name] = value
    return rounded


def load_encoder(shape: LongShape, weights: Mapping[str, Tensor]) -> LongEncoder:
    """The encoder that a package of these weights holds, in eval mode."""
    model = LongEncoder(shape)
    model.load_state_dict(int8_weights(weights))
    return model.eval()


def write_graph(model: LongEncoder, path: Path) -> None:
    """Exports with dynamic batch and length; the weights of products become int8, which is undone once when the graph loads."""
    for module in model.modules():
        if isinstance(module, LongAttention):
            module.exact = fused_full
    ids = torch.randint(1, model.shape.vocab_size, (2, 3 * max(model.shape.multiple, 96) + 5))
    mask = torch.ones_like(ids)
    mask[1, 200:] = 0
    axes = {0: "batch_size", 1: "sequence_length"}
    inputs = {"input_ids": ids, "attention_mask": mask}
    with tempfile.TemporaryDirectory() as scratch:
        raw = Path(scratch) / "model.onnx"
        export_graph(_States(model), inputs, {"last_hidden_state": axes}, {name: axes for name in inputs}, raw)
        exported = onnx.load(str(raw))
    _store_products_as_int8(exported, model)
    _quantize_gathers(exported)
    _move_embeddings(exported, path.parent)
    if any(node.domain == CONTRIB for node in exported.graph.node) and not any(o.domain == CONTRIB for o in exported.opset_import):
        exported.opset_import.append(helper.make_opsetid(CONTRIB, 1))
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(exported, str(path))


class _States(nn.Module):
    def __init__(self, model: LongEncoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        return self.model(input_ids, attention_mask)


def _store_products_as_int8(exported: onnx.ModelProto, model: LongEncoder) -> None:
    """Replaces each linear layer's weight by whole numbers and scales; what only looks like a weight stays as it is."""
    width = model.shape.hidden_size
    weights = [value.detach().numpy() for value in model.parameters() if value.dim() == 2]
    # Queries of the global token are made by the first part of their weight, keys and values by the rest.
    weights += [part for value in weights for part in (value[:width], value[width:]) if part.size]
    known = {value.tobytes() for value in weights} | {value.T.tobytes() for value in weights}
    tables = {node.input[0] for node in exported.graph.node if node.op_type == "Gather"}
    graph = exported.graph
    for tensor in list(graph.initializer):
        value = numpy_helper.to_array(tensor)
        if value.ndim != 2 or tensor.name in tables or value.size < 256 or value.tobytes() not in known:
            continue
        turned = not any(tensor.name in node.input and node.op_type == "MatMul" for node in graph.node)
        whole, scale = int8_columns(value.T if turned else value)
        whole, scale = (whole.T.copy(), scale[:, None]) if turned else (whole, scale)
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(whole, f"{tensor.name}_int8"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{tensor.name}_scale"))
        graph.node.insert(0, helper.make_node("Mul", [f"{tensor.name}_float", f"{tensor.name}_scale"], [tensor.name]))
        graph.node.insert(0, helper.make_node("Cast", [f"{tensor.name}_int8"], [f"{tensor.name}_float"], to=TensorProto.FLOAT))


def _move_embeddings(exported: onnx.ModelProto, folder: Path) -> None:
    """The table of tokens goes into a file of its own, which encoders of one training share byte for byte."""
    tables = {node.input[0] for node in exported.graph.node if node.op_type == "Gather"}
    for tensor in exported.graph.initializer:
        if tensor.name in tables and tensor.data_type == TensorProto.INT8:
            raw = numpy_helper.to_array(tensor).tobytes()
            folder.mkdir(parents=True, exist_ok=True)
            (folder / EMBEDDINGS).write_bytes(raw)
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, text in (("location", EMBEDDINGS), ("offset", "0"), ("length", str(len(raw)))):
                tensor.external_data.add(key=key, value=text)


@torch.no_grad()
def largest_difference(graph: Path, model: LongEncoder, lengths: tuple[int, ...] = LENGTHS) -> float:
    """Between the graph and PyTorch, over texts of several lengths, alone and padded beside a longer one."""
    session = open_session(graph, 1)
    generator = torch.Generator().manual_seed(11)
    largest = 0.0
    for length in lengths:
        ids = torch.randint(1, model.shape.vocab_size, (2, length + 70), generator=generator)
        mask = torch.ones_like(ids)
        mask[0, length:] = 0
        wanted = model(ids[:1, :length], mask[:1, :length])
        for rows, masks in ((ids[:1, :length], mask[:1, :length]), (ids, mask)):
            given = session.run(None, {"input_ids": rows.numpy(), "attention_mask": masks.numpy()})[0]
            largest = max(largest, float(np.abs(given[:1, :length] - wanted.numpy()).max()))
    return largest


@dataclass(frozen=True)
class LongInfo:
    licence: str
    provenance: str


def export_long(training: Path, teacher: Path, out: Path, info: LongInfo) -> float:
    """Writes the package of a training's last checkpoint; returns the largest difference from PyTorch, and fails above 1e-4."""
    state = torch.load(training / "checkpoint.pt", weights_only=True)
    shape = LongShape(**state["shape"])
    graph = out / "onnx" / "model.onnx"
    write_graph(load_encoder(shape, state["weights"]), graph)
    difference = largest_difference(graph, load_encoder(shape, state["weights"]))
    if difference > TOLERANCE:
        raise AssertionError(f"the graph of {training} differs from PyTorch by {difference}")
    tokenizer = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(out / "tokenizer.json"))
    write_json(out / "config.json", {
        "model_type": "triptych_long", "architectures": ["LongEncoder"], "attention": shape.attention, "vocab_size": shape.vocab_size,
        "hidden_size": shape.embedding_size, "encoder_hidden_size": shape.hidden_size, "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.head_count, "intermediate_size": shape.ffn_size,
        "max_position_embeddings": shape.max_tokens, "pad_token_id": 0,
    })
    (out / "1_Pooling").mkdir(exist_ok=True)
    write_json(out / "1_Pooling" / "config.json", {"word_embedding_dimension": shape.embedding_size, "pooling_mode_mean_tokens": True})
    write_json(out / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate([("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")])])
    provenance = {"data": info.provenance, "steps": state["step"], "tokens": state["tokens"], "minutes": round(state["elapsed"] / 60, 1)}
    write_json(out / "triptych.json", {"task": "feature-extraction", "licence": info.licence, "provenance": provenance,
                                       "metrics": {"largest_difference": rounded(difference)},
                                       "sha256": digests(out)})
    return difference
