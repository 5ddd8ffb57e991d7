"""Joins the two decoders of a seq2seq model into one graph with ``use_cache_branch``, as Optimum does."""

from __future__ import annotations

import hashlib
from pathlib import Path

import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper


def _branch(model: ModelProto, prefix: str, shared: dict[str, TensorProto]) -> tuple[list[NodeProto], dict[str, str]]:
    """The nodes of a branch with names of their own, and what became of each name; weights move to ``shared``."""
    names = {put.name: put.name for put in model.graph.input}
    for tensor in model.graph.initializer:
        key = "weight_" + hashlib.sha256(tensor.raw_data + repr((list(tensor.dims), tensor.data_type)).encode()).hexdigest()[:12]
        if key not in shared:
            shared[key] = TensorProto()
            shared[key].CopyFrom(tensor)
            shared[key].name = key
        names[tensor.name] = key
    nodes = []
    for node in model.graph.node:
        copy = NodeProto()
        copy.CopyFrom(node)
        copy.name = prefix + node.name
        for output in node.output:
            names[output] = prefix + output
        for i, name in enumerate(node.input):
            copy.input[i] = names.get(name, name)
        for i, name in enumerate(node.output):
            copy.output[i] = names[name]
        nodes.append(copy)
    return nodes, names


def _copies(values: list[str], names: dict[str, str], prefix: str) -> tuple[list[NodeProto], list[str]]:
    """A branch must not give an outer value as its output, which a folded graph may: so each output is a copy."""
    outputs = [f"{prefix}out_{value}" for value in values]
    return [helper.make_node("Identity", [names[value]], [output]) for value, output in zip(values, outputs)], outputs


def merge(first: ModelProto, later: ModelProto) -> ModelProto:
    """One graph: ``use_cache_branch`` false runs ``first`` and ignores the past, true runs ``later``."""
    shared: dict[str, TensorProto] = {}
    outputs = [put.name for put in first.graph.output]
    first_nodes, first_names = _branch(first, "first/", shared)
    later_nodes, later_names = _branch(later, "later/", shared)
    copies, first_outputs = _copies(outputs, first_names, "first/")
    first_nodes += copies
    known = [name for name in outputs if name in {put.name for put in later.graph.output}]
    copies, later_outputs = _copies(known, later_names, "later/")
    later_nodes += copies
    given = dict(zip(known, later_outputs))
    for put in first.graph.output:
        if put.name not in given:
            # Cross-attention's cache does not change: the branch gives nothing where the other one gives it.
            dims = [0] + [dim.dim_value or 1 for dim in put.type.tensor_type.shape.dim][1:]
            value = helper.make_tensor(f"later/empty_{put.name}", TensorProto.FLOAT, dims, [])
            given[put.name] = f"later/out_{put.name}"
            later_nodes.append(helper.make_node("Constant", [], [given[put.name]], value=value))

    def graph(name: str, nodes: list[NodeProto], names: list[str]) -> GraphProto:
        return helper.make_graph(nodes, name, [], [helper.make_empty_tensor_value_info(output) for output in names])

    choose = helper.make_node(
        "If", ["use_cache_branch"], outputs, name="choose",
        then_branch=graph("with_past", later_nodes, [given[name] for name in outputs]),
        else_branch=graph("without_past", first_nodes, first_outputs))
    inputs = {put.name: put for put in [*first.graph.input, *later.graph.input]}
    flag = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
    merged = helper.make_graph([choose], "merged", [*inputs.values(), flag], list(first.graph.output), list(shared.values()))
    model = helper.make_model(merged, opset_imports=first.opset_import, ir_version=first.ir_version)
    onnx.checker.check_model(model)
    return model


def merge_decoders(folder: Path) -> None:
    """Replaces ``decoder_model`` and ``decoder_with_past_model`` by ``decoder_model_merged``."""
    first, later = folder / "decoder_model.onnx", folder / "decoder_with_past_model.onnx"
    onnx.save(merge(onnx.load(str(first)), onnx.load(str(later))), str(folder / "decoder_model_merged.onnx"))
    first.unlink()
    later.unlink()
