"""The fused graph that verifies drafts: one pass of the decoder over several tokens of each row, behind what it holds.

The self-attention caches are those of ``fused_decoder_model``: ``TensorScatter`` writes the new keys and values where each row
ends, in place. A row whose draft is shorter is padded at its end; what padding wrote is overwritten by the row's next tokens.
``GroupQueryAttention`` takes several new tokens for a single row only, hence ``MultiHeadAttention`` with a mask.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import nn
from transformers import PreTrainedModel

from foundry.fused import Block, FusedGraph
from foundry.graph_builder import FLOAT, INT32, INT64, GraphBuilder

VERIFIER = "fused_verify_model"
# TensorScatter is of opset 24.
_OPSET = 24
_HIDDEN = np.array(np.finfo(np.float32).min, np.float32)


class _VerifierGraph(FusedGraph):
    def __init__(self, model: PreTrainedModel, ranges: Mapping[str, float] | None) -> None:
        super().__init__(model, "decoder", ranges, _OPSET)
        graph = self.graph
        ids = graph.input("input_ids", INT64, ["batch", "length"])
        past = graph.op("Cast", graph.input("past_lengths", INT32, ["batch"]), to=INT64)
        source = graph.op("Cast", graph.input("source_lengths", INT32, ["batch"]), to=INT64)
        self.past = past
        self.shape = graph.op("Shape", ids)
        self.rows = graph.op("Concat", self.shape, graph.ints(self.width), axis=0)
        before = graph.op("Reshape", past, graph.ints(-1, 1))
        self.places = self._after(ids, before)
        caches = [self._cache(index, "decoder", "capacity") for index in range(len(self.stack.layers))]
        self.caches = caches
        self.causal = self._causal(caches[0][0])
        self.cross_mask = self._cross_mask(source)
        states = self.run_layers(self.embed(ids, lambda _: self._table_rows()), self._blocks)
        best = self.project(states, 2, self._public, ["batch", "length"])
        graph.op("Split", best, outputs=["first_log_prob", "second_log_prob"], axis=1, num_outputs=2)
        margin = graph.op("Sub", "first_log_prob", "second_log_prob")
        graph.output("best_margins", FLOAT, ["batch", "length"], self._public(margin, []))

    def _after(self, ids: str, before: str) -> str:
        """How many tokens stand before each position, ``[batch, length]``: padding inside a draft counts as any token."""
        graph = self.graph
        ones = graph.op("Expand", graph.constant("one", np.array(1, np.int64)), self.shape)
        count = graph.op("CumSum", ones, graph.constant("axis_1", np.array(1, np.int64)), exclusive=1)
        return graph.op("Add", count, before)

    def _table_rows(self) -> str:
        offset = self.stack.embed_positions.padding_idx + 1 if self.family == "m2m_100" else (
            getattr(self.stack.embed_positions, "offset", 0))
        rows = self.graph.op("Add", self.places, self.graph.constant("position_offset", np.array(offset, np.int64)))
        # Padding behind a row that nears the model's longest output has no position of its own.
        return self.graph.op("Min", rows, self.graph.constant("last_position", np.array(len(self.position_table()) - 1, np.int64)))

    def _public(self, value: str, rest: list[int]) -> str:
        shape = self.graph.op("Concat", self.shape, self.graph.ints(*rest), axis=0) if rest else self.shape
        return self.graph.op("Reshape", value, shape)

    def _causal(self, cache: str) -> str:
        """``[batch, 1, length, capacity]``: a token sees the places up to its own."""
        graph = self.graph
        capacity = graph.op("Squeeze", graph.op("Shape", cache, start=2, end=3), graph.ints(0))
        places = graph.op("Range", graph.constant("zero", np.array(0, np.int64)), capacity, graph.constant("one", np.array(1, np.int64)))
        own = graph.op("Unsqueeze", self.places, graph.ints(1, 3))
        hidden = graph.op("Greater", places, own)
        return graph.op("Where", hidden, graph.constant("hidden", _HIDDEN), graph.constant("seen", np.array(0, np.float32)))

    def _cross_mask(self, source: str) -> str:
        """``[batch, source_capacity]``, 1 where the row's source is."""
        graph = self.graph
        capacity = graph.op("Squeeze", graph.op("Shape", self._cross(0)[0], start=2, end=3), graph.ints(0))
        places = graph.op("Range", graph.constant("zero", np.array(0, np.int64)), capacity, graph.constant("one", np.array(1, np.int64)))
        return graph.op("Cast", graph.op("Less", places, graph.op("Unsqueeze", source, graph.ints(1))), to=INT32)

    def _dims(self, length: str) -> list[str | int]:
        return ["batch", self.heads, length, self.head_size]

    def _cache(self, index: int, kind: str, length: str) -> list[str]:
        return [self.graph.input(f"past_key_values.{index}.{kind}.{part}", FLOAT, self._dims(length)) for part in ("key", "value")]

    def _cross(self, index: int) -> list[str]:
        names = [f"past_key_values.{index}.encoder.{part}" for part in ("key", "value")]
        if names[0] not in {put.name for put in self.graph.inputs}:
            self._cache(index, "encoder", "source_capacity")
        return names

    def _blocks(self, index: int, layer: nn.Module) -> list[Block]:
        name = f"layers.{index}"
        return [
            Block(f"{name}.self_attn_norm", layer.self_attn_layer_norm, lambda x: self._self_attention(x, index, layer.self_attn)),
            Block(f"{name}.cross_attn_norm", layer.encoder_attn_layer_norm,
                  lambda x: self._cross_attention(x, index, layer.encoder_attn)),
            Block(f"{name}.final_norm", layer.final_layer_norm, lambda x: self.feed_forward(x, name, layer)),
        ]

    def _self_attention(self, states: str, index: int, module: nn.Module) -> str:
        graph = self.graph
        name = f"layers.{index}.self"
        packed = self.linear(states, f"{name}.qkv", module.q_proj, module.k_proj, module.v_proj)
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        graph.op("Split", packed, outputs=parts, axis=1, num_outputs=3)
        heads = graph.op("Concat", self.shape, graph.ints(self.heads, self.head_size), axis=0)
        present = []
        for part, cache, kind in zip(parts[1:], self.caches[index], ("key", "value")):
            new = graph.op("Transpose", graph.op("Reshape", part, heads), perm=[0, 2, 1, 3])
            present.append(graph.op("TensorScatter", cache, new, self.past, axis=2, outputs=[f"present.{index}.decoder.{kind}"]))
            graph.output(present[-1], FLOAT, self._dims("capacity"), present[-1])
        mixed = graph.op("MultiHeadAttention", graph.op("Reshape", parts[0], self.rows), *present, "", "", self.causal, contrib=True,
                         num_heads=self.heads)
        return self._out(mixed, f"{name}.out", module.out_proj)

    def _cross_attention(self, states: str, index: int, module: nn.Module) -> str:
        graph = self.graph
        name = f"layers.{index}.cross"
        query = graph.op("Reshape", self.linear(states, f"{name}.q", module.q_proj), self.rows)
        mixed = graph.op("MultiHeadAttention", query, *self._cross(index), "", self.cross_mask, contrib=True, num_heads=self.heads)
        return self._out(mixed, f"{name}.out", module.out_proj)

    def _out(self, mixed: str, name: str, module: nn.Linear) -> str:
        return self.linear(self.graph.op("Reshape", mixed, self.graph.ints(-1, self.width)), name, module)


def verifier_graph(model: PreTrainedModel, ranges: Mapping[str, float] | None = None) -> GraphBuilder:
    """The graph; int8 where ``ranges``, those of the step graph, are given."""
    return _VerifierGraph(model, ranges).graph
