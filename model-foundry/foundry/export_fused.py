"""Writes the fused graphs of a model, float32 and int8, and makes the int8 ones' scales."""

from __future__ import annotations

import tempfile
from pathlib import Path

import onnx
from transformers import PreTrainedModel

from foundry.fused import fused_graphs
from foundry.fused_greedy import FusedTranslator
from foundry.fused_verify import VERIFIER, verifier_graph
from foundry.graph_builder import INT8, GraphBuilder
from foundry.greedy import SpecialIds


def write_fused(model: PreTrainedModel, folder: Path, verifier: bool = False) -> list[Path]:
    """Writes the float32 graphs under ``folder``, with ``verifier`` also the one that verifies drafts; returns their paths."""
    return _write(fused_graphs(model) | _verifier(model, None, verifier), folder, "")


def write_fused_int8(model: PreTrainedModel, folder: Path, ids: SpecialIds, rows: list[list[int]],
                     verifier: bool = False) -> list[Path]:
    """Writes the int8 graphs, their scales from greedy decoding of ``rows``, and returns their paths."""
    with tempfile.TemporaryDirectory() as scratch:
        graphs = fused_graphs(model)
        for graph in graphs.values():
            graph.probe_ranges()
        _write(graphs, Path(scratch) / "onnx", "")
        translator = FusedTranslator(Path(scratch), ids)
        longest = model.config.max_position_embeddings
        ordered = sorted((row for row in rows if len(row) <= longest), key=len)
        for at in range(0, len(ordered), 64):
            batch = ordered[at : at + 64]
            translator.generate(batch, min(2 * len(batch[-1]) + 10, longest))
    return _write(fused_graphs(model, translator.ranges) | _verifier(model, translator.ranges, verifier), folder, INT8)


def _verifier(model: PreTrainedModel, ranges: dict[str, float] | None, wanted: bool) -> dict[str, GraphBuilder]:
    return {VERIFIER: verifier_graph(model, ranges)} if wanted else {}


def _write(graphs: dict[str, GraphBuilder], folder: Path, suffix: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for stem, graph in graphs.items():
        paths.append(folder / f"{stem}{suffix}.onnx")
        onnx.save(graph.model(), str(paths[-1]))
    return paths
