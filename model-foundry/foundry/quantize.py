"""Shrinks exported graphs: int8 weights with row-by-row arithmetic, and weights stored once instead of twice."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

from foundry.graph_builder import CONTRIB, RANGE, int8_columns

_STORED = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.float16): TensorProto.FLOAT16, np.dtype(np.int8): TensorProto.INT8}


def store_weights_once(paths: list[Path], data_name: str, smallest: int = 4096) -> None:
    """Moves large weights of all graphs into one file beside them: equal or transposed weights are kept once.

    A transposed weight becomes a ``Transpose`` of the stored one, which ONNX Runtime folds when it loads the graph.
    """
    folder = paths[0].parent
    stored: dict[bytes, tuple[int, int]] = {}
    data = bytearray()

    def place(value: np.ndarray) -> tuple[int, int]:
        raw = np.ascontiguousarray(value).tobytes()
        key = hashlib.sha256(repr(value.shape).encode() + raw).digest()
        if key not in stored:
            # Aligned, so that the file can be mapped into memory as it is.
            data.extend(bytes(-len(data) % 4096))
            stored[key] = (len(data), len(raw))
            data.extend(raw)
        return stored[key]

    def known(value: np.ndarray) -> bool:
        raw = np.ascontiguousarray(value).tobytes()
        return hashlib.sha256(repr(value.shape).encode() + raw).digest() in stored

    for path in paths:
        model = onnx.load(str(path))
        graph = model.graph
        for tensor in list(graph.initializer):
            value = numpy_helper.to_array(tensor)
            if value.dtype not in _STORED or value.nbytes < smallest:
                continue
            name = tensor.name
            if value.ndim == 2 and not known(value) and known(value.T):
                graph.node.insert(0, helper.make_node("Transpose", [f"{name}_stored"], [name], perm=[1, 0]))
                name, value = f"{name}_stored", value.T
            offset, length = place(value)
            graph.initializer.remove(tensor)
            graph.initializer.append(_external(name, value, data_name, (offset, length)))
        onnx.save(model, str(path))
    (folder / data_name).write_bytes(bytes(data))


def check_packable(graph: Path) -> None:
    """Fails where a weight of a graph uses the lower half of a float32, which git could not pack to half the size."""
    for tensor in onnx.load(str(graph)).graph.initializer:
        value = numpy_helper.to_array(tensor)
        if value.dtype == np.float32 and value.size >= 4096 and (value.view(np.uint32) & 0xFFFF).any():
            raise AssertionError(f"{graph}: {tensor.name} is no bfloat16")


def _external(name: str, value: np.ndarray, location: str, place: tuple[int, int]) -> onnx.TensorProto:
    tensor = onnx.TensorProto(name=name, data_type=_STORED[value.dtype], dims=value.shape, data_location=TensorProto.EXTERNAL)
    for key, text in (("location", location), ("offset", str(place[0])), ("length", str(place[1]))):
        tensor.external_data.add(key=key, value=text)
    return tensor


def _quantize_gathers(model: onnx.ModelProto) -> None:
    # One scale per row: an embedding looked up is int8 row times scale, so no row depends on another.
    graph = model.graph
    values = {tensor.name: tensor for tensor in graph.initializer}
    for index, node in enumerate(list(graph.node)):
        if node.op_type != "Gather" or node.input[0] not in values:
            continue
        table = numpy_helper.to_array(values[node.input[0]])
        if table.dtype != np.float32 or table.ndim != 2 or table.size < 100_000:
            continue
        scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8).astype(np.float32) / 127
        whole = np.clip(np.round(table / scale), -127, 127).astype(np.int8)
        base, out = node.input[0], node.output[0]
        if not any(tensor.name == f"{base}_int8" for tensor in graph.initializer):
            graph.initializer.append(numpy_helper.from_array(whole, f"{base}_int8"))
            graph.initializer.append(numpy_helper.from_array(scale, f"{base}_scale"))
        at = list(graph.node).index(node)
        graph.node.remove(node)
        for offset, replacement in enumerate([
            helper.make_node("Gather", [f"{base}_int8", node.input[1]], [f"{out}_int8"], axis=0),
            helper.make_node("Cast", [f"{out}_int8"], [f"{out}_float"], to=TensorProto.FLOAT),
            helper.make_node("Gather", [f"{base}_scale", node.input[1]], [f"{out}_scale"], axis=0),
            helper.make_node("Mul", [f"{out}_float", f"{out}_scale"], [out]),
        ]):
            graph.node.insert(at + offset, replacement)
    _drop_unused(graph)


def _drop_unused(graph: onnx.GraphProto) -> None:
    used = {name for node in graph.node for name in node.input} | {put.name for put in graph.output}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def quantize_blockwise(source: Path, target: Path, bits: int = 8, block: int = 32) -> None:
    """Weight-only blocks (``MatMulNBits``); activations are rounded to int8 row by row, so a row ignores its batch."""
    config = DefaultWeightOnlyQuantConfig(block_size=block, is_symmetric=True, accuracy_level=4, bits=bits)
    quantizer = MatMulNBitsQuantizer(onnx.load(str(source)), algo_config=config)
    logging.getLogger("onnxruntime.quantization.matmul_nbits_quantizer").setLevel(logging.WARNING)
    quantizer.process()
    model = quantizer.model.model
    _quantize_gathers(model)
    onnx.save(model, str(target))


def _products(model: onnx.ModelProto) -> list[tuple[onnx.NodeProto, np.ndarray]]:
    """The matrix products with a constant on the right, in the graph's order, and that constant ``[in, out]``."""
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    turned = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "Transpose" and node.input[0] in stored}
    found = []
    for node in model.graph.node:
        if node.op_type == "MatMul" and (node.input[1] in stored or node.input[1] in turned):
            name = node.input[1]
            weight = numpy_helper.to_array(stored[turned.get(name, name)])
            found.append((node, weight.T if name in turned else weight))
    return found


def write_probe(source: Path, target: Path) -> list[str]:
    """Copies a graph so that it also gives out the largest absolute input of each matrix product; returns their names."""
    model = onnx.load(str(source))
    names = []
    for node, _ in _products(model):
        names.append(f"{RANGE}{node.output[0]}")
        model.graph.node.append(helper.make_node("Abs", [node.input[0]], [f"{names[-1]}.abs"]))
        model.graph.node.append(helper.make_node("ReduceMax", [f"{names[-1]}.abs"], [names[-1]], keepdims=0))
        model.graph.output.append(helper.make_tensor_value_info(names[-1], TensorProto.FLOAT, []))
    onnx.save(model, str(target))
    return names


def quantize_products(source: Path, target: Path, ranges: Mapping[str, float]) -> None:
    """int8 matrix products with fixed input scales, so that a row does not depend on its batch.

    ``ranges`` are the largest inputs that calibration saw, by the names that :func:`write_probe` gave them.
    """
    model = onnx.load(str(source))
    graph = model.graph
    middle = "int8_middle"
    graph.initializer.append(numpy_helper.from_array(np.array(128, np.uint8), middle))
    for node, weight in _products(model):
        name = node.output[0]
        whole, column = int8_columns(weight)
        for suffix, value in (("weight", whole), ("weight_scale", column), ("scale", np.array(ranges[f"{RANGE}{name}"] / 127, np.float32))):
            graph.initializer.append(numpy_helper.from_array(value, f"{name}.{suffix}"))
        at = list(graph.node).index(node)
        graph.node.remove(node)
        graph.node.insert(at, helper.make_node("QuantizeLinear", [node.input[0], f"{name}.scale", middle], [f"{name}.rounded"]))
        inputs = [f"{name}.rounded", f"{name}.weight", f"{name}.scale", f"{name}.weight_scale", middle]
        graph.node.insert(at + 1, helper.make_node("MatMulIntegerToFloat", inputs, [name], domain=CONTRIB))
    used = {name for node in graph.node for name in node.input}
    for node in [node for node in graph.node if node.op_type == "Transpose" and node.output[0] not in used]:
        graph.node.remove(node)
    _drop_unused(graph)
    model.opset_import.append(helper.make_opsetid(CONTRIB, 1))
    onnx.save(model, str(target))


def quantize_tensorwise(source: Path, target: Path) -> None:
    """ONNX Runtime's dynamic int8: one activation scale for the whole tensor, so a row depends on its batch."""
    quantize_dynamic(str(source), str(target), per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"])
