"""Small graphs of the engine itself, rather than of a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from foundry.graph_builder import INT64, GraphBuilder

ROOT = Path(__file__).resolve().parents[2] / "shared-tensor" / "src"
RESOURCES = ROOT / "main" / "resources" / "dev" / "triptych" / "engine" / "capi"
TEST_GRAPHS = ROOT / "test" / "resources" / "graphs"


def copy_rows(dtype: int) -> onnx.ModelProto:
    """Copies the first ``length`` places of rows of one buffer to rows of another, or of the same.

    ``from [fromRows, heads, fromLength, size]``, ``to`` and ``copied [toRows, heads, toLength, size]``; row ``sources[i]`` goes to
    row ``targets[i]``. Bound to one buffer, ``to`` and ``copied`` are written in place: all rows are read before one is written.
    """
    graph = GraphBuilder()
    dims = ["rows", "heads", "length", "size"]
    source = graph.input("from", dtype, [f"from_{dim}" if dim in ("rows", "length") else dim for dim in dims])
    target = graph.input("to", dtype, [f"to_{dim}" if dim in ("rows", "length") else dim for dim in dims])
    sources = graph.input("sources", INT64, ["moves"])
    targets = graph.input("targets", INT64, ["moves"])
    length = graph.input("length", INT64, [1])
    zero, one = graph.constant("zero", np.array(0, np.int64)), graph.constant("one", np.array(1, np.int64))
    rows = graph.op("Gather", source, sources, axis=0)
    values = graph.op("Slice", rows, graph.ints(0), length, graph.ints(2))
    heads = graph.op("Squeeze", graph.op("Slice", graph.op("Shape", source), graph.ints(1), graph.ints(2)), graph.ints(0))
    places = graph.op("Shape", values)
    shape = graph.op("Concat", graph.op("Slice", places, graph.ints(0), graph.ints(3)), graph.ints(1), axis=0)
    each_row = graph.op("Reshape", targets, graph.ints(-1, 1, 1, 1))
    each_head = graph.op("Reshape", graph.op("Range", zero, heads, one), graph.ints(1, -1, 1, 1))
    each_place = graph.op("Reshape", graph.op("Range", zero, graph.op("Squeeze", length, graph.ints(0)), one), graph.ints(1, 1, -1, 1))
    index = graph.op("Concat", *(graph.op("Expand", part, shape) for part in (each_row, each_head, each_place)), axis=-1)
    graph.output("copied", dtype, [f"to_{dim}" if dim in ("rows", "length") else dim for dim in dims],
                 graph.op("ScatterND", target, index, values, outputs=["copied"]))
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
        onnx.save(copy_rows(dtype), RESOURCES / f"copy-rows-{name}.onnx")
    onnx.save(endless(), TEST_GRAPHS / "endless.onnx")
