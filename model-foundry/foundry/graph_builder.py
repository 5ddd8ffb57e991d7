"""Writes ONNX graphs node by node, for the operators that tracing a PyTorch model does not reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 9
CONTRIB = "com.microsoft"
RANGE = "range."
INT8 = "_int8"
FLOAT, INT64, INT32 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32


def int8_columns(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A weight ``[in, out]`` as whole numbers and one scale per output column."""
    scale = np.maximum(np.abs(weight).max(0), 1e-8).astype(np.float32) / 127
    return np.clip(np.round(weight / scale), -127, 127).astype(np.int8), scale


@dataclass(frozen=True)
class Linear:
    """``x @ weight + bias``; ``weight`` is ``[in, out]``, from parts side by side that are stored one by one."""

    name: str
    parts: list[np.ndarray]
    bias: np.ndarray | None

    @property
    def weight(self) -> np.ndarray:
        return np.concatenate(self.parts, axis=1)


@dataclass
class GraphBuilder:
    """A graph under construction.

    With ``ranges`` (the largest absolute input that calibration saw, by the linear's name) products are int8: inputs are
    rounded with a fixed scale, so a row does not depend on its batch, weights with one scale per output column.
    """

    ranges: Mapping[str, float] | None = None
    opset: int = OPSET
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    inputs: list[onnx.ValueInfoProto] = field(default_factory=list)
    outputs: list[onnx.ValueInfoProto] = field(default_factory=list)
    linear_inputs: dict[str, str] = field(default_factory=dict)

    def input(self, name: str, dtype: int, dims: list[str | int]) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, dtype, dims))
        return name

    def output(self, name: str, dtype: int, dims: list[str | int], value: str) -> None:
        """Gives a value out under its public name."""
        self.outputs.append(helper.make_tensor_value_info(name, dtype, dims))
        if value != name:
            self.nodes.append(helper.make_node("Identity", [value], [name]))

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.setdefault(name, value)
        return name

    def ints(self, *values: int) -> str:
        return self.constant("ints_" + "_".join(map(str, values)).replace("-", "m"), np.array(values, np.int64))

    def op(self, kind: str, *inputs: str, outputs: list[str] | None = None, contrib: bool = False, **attributes: object) -> str:
        """Adds a node and returns the name of its first output."""
        names = outputs or [f"{kind.lower()}_{len(self.nodes)}"]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=CONTRIB if contrib else "", **attributes))
        return names[0]

    def linear(self, states: str, layer: Linear, transposed: str | None = None) -> str:
        """``[rows, in] -> [rows, out]``; ``transposed`` names a constant that already holds the weight as ``[out, in]``."""
        self.linear_inputs[layer.name] = states
        if self.ranges is not None:
            return self._int8_linear(states, layer, self.ranges[layer.name])
        inputs = [states, transposed or self._weight(layer)]
        if layer.bias is not None:
            inputs.append(self.constant(f"{layer.name}.bias", layer.bias))
        return self.op("Gemm", *inputs, transB=int(transposed is not None))

    def _weight(self, layer: Linear) -> str:
        # The plain graphs hold the same parts, so the file of weights holds them once; loading folds the Concat.
        names = [self.constant(f"{layer.name}.weight.{i}", part) for i, part in enumerate(layer.parts)]
        return names[0] if len(names) == 1 else self.op("Concat", *names, axis=1)

    def _int8_linear(self, states: str, layer: Linear, largest: float) -> str:
        whole, column = int8_columns(layer.weight)
        scale = self.constant(f"{layer.name}.input_scale", np.array(largest / 127, np.float32))
        middle = self.constant("middle", np.array(128, np.uint8))
        rounded = self.op("QuantizeLinear", states, scale, middle)
        inputs = [rounded, self.constant(f"{layer.name}.weight_int8", whole), scale,
                  self.constant(f"{layer.name}.weight_scale", column), middle, ""]
        if layer.bias is not None:
            inputs.append(self.constant(f"{layer.name}.bias", layer.bias))
        else:
            inputs.pop()
        return self.op("MatMulIntegerToFloat", *inputs, contrib=True)

    def lookup(self, table_name: str, table: np.ndarray, ids: str) -> str:
        """Rows of a table ``[count, width]``; int8 with a scale per row where products are."""
        if self.ranges is None:
            return self.op("Gather", self.constant(table_name, table), ids)
        scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8).astype(np.float32) / 127
        whole = np.clip(np.round(table / scale), -127, 127).astype(np.int8)
        rows = self.op("Cast", self.op("Gather", self.constant(f"{table_name}_int8", whole), ids), to=FLOAT)
        return self.op("Mul", rows, self.op("Gather", self.constant(f"{table_name}_scale", scale), ids))

    def probe_ranges(self) -> None:
        """Gives out, as ``range.NAME``, the largest absolute input of every linear by row: what int8 scales are made from."""
        for name, states in self.linear_inputs.items():
            self.output(f"{RANGE}{name}", FLOAT, ["rows"], self.op("ReduceMax", self.op("Abs", states), axes=[1], keepdims=0))

    def model(self) -> onnx.ModelProto:
        """The finished graph."""
        initializers = [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in self.constants.items()]
        graph = helper.make_graph(self.nodes, "fused", self.inputs, self.outputs, initializers)
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid(CONTRIB, 1)]
        version = IR_VERSION if self.opset == OPSET else helper.find_min_ir_version_for(opsets, ignore_unknown=True)
        model = helper.make_model(graph, opset_imports=opsets, ir_version=version, producer_name="triptych-foundry")
        onnx.checker.check_model(model)
        return model
