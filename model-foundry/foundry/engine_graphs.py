"""Small graphs of the engine itself, rather than of a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from foundry.graph_builder import FLOAT, INT64, GraphBuilder

ROOT = Path(__file__).resolve().parents[2] / "shared-tensor" / "src"
RESOURCES = ROOT / "main" / "resources" / "dev" / "triptych" / "engine" / "capi"
TEST_GRAPHS = ROOT / "test" / "resources" / "graphs"


def copy_cells(dtype: int) -> onnx.ModelProto:
    """Copies cells of one buffer to cells of another, or of the same.

    ``from [fromCells, width]``, ``to`` and ``copied [toCells, width]``; cell ``sources[i, 0]`` goes to cell ``targets[i, 0]``. Bound to
    one buffer, ``to`` and ``copied`` are written in place: all cells are read before one is written.
    """
    graph = GraphBuilder()
    source = graph.input("from", dtype, ["from_cells", "width"])
    target = graph.input("to", dtype, ["to_cells", "width"])
    sources, targets = (graph.input(name, INT64, ["moves", 1]) for name in ("sources", "targets"))
    values = graph.op("GatherND", source, sources)
    graph.output("copied", dtype, ["to_cells", "width"], graph.op("ScatterND", target, targets, values, outputs=["copied"]))
    return graph.model()


def zeros() -> onnx.ModelProto:
    """Float32 zeros of a ``shape`` int64 ``[1]``: clears memory that the output is bound to."""
    graph = GraphBuilder()
    shape = graph.input("shape", INT64, [1])
    graph.output("zeros", FLOAT, ["count"], graph.op("ConstantOfShape", shape, outputs=["zeros"]))
    return graph.model()


def endless() -> onnx.ModelProto:
    """Counts ``steps`` int64 ``[]`` one by one, to have a run that lasts; gives ``count``."""
    trip, going = helper.make_tensor_value_info("trip", INT64, []), helper.make_tensor_value_info("going", TensorProto.BOOL, [])
    before, after = (helper.make_tensor_value_info(name, INT64, []) for name in ("before", "after"))
    on = helper.make_tensor_value_info("on", TensorProto.BOOL, [])
    body = helper.make_graph(
        [helper.make_node("Identity", ["going"], ["on"]), helper.make_node("Add", ["before", "one"], ["after"])],
        "body", [trip, going, before], [on, after],
    )
    graph = GraphBuilder()
    steps = graph.input("steps", INT64, [])
    start, _, going_on = (graph.op("Constant", value=numpy_helper.from_array(np.array(value)), outputs=[name])
                            for name, value in (("start", np.int64(0)), ("one", np.int64(1)), ("going_on", True)))
    graph.output("count", INT64, [], graph.op("Loop", steps, going_on, start, outputs=["count"], body=body))
    return graph.model()


def write_engine_graphs() -> None:
    RESOURCES.mkdir(parents=True, exist_ok=True)
    for name, dtype in (("float32", TensorProto.FLOAT), ("float16", TensorProto.FLOAT16)):
        onnx.save(copy_cells(dtype), RESOURCES / f"copy-cells-{name}.onnx")
    onnx.save(zeros(), RESOURCES / "zeros.onnx")
    onnx.save(endless(), TEST_GRAPHS / "endless.onnx")
