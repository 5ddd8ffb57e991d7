"""The fused graphs of an encoder-decoder: rows of any length step together, and no cache is copied.

``fused_encoder_model``: ids to hidden states and to every layer's cross keys and values, computed once.
``fused_decoder_model``: one step over caches that are input and output at once. Self-attention is ``GroupQueryAttention``, which
appends at each row's own length. Cross-attention is the same operator over the cross cache: it is handed the source's last key and
value as if they were new, writes them where they already stand, and so sees just that row's source, with no mask and no padding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from onnx import numpy_helper
from torch import Tensor, nn
from transformers import PreTrainedModel

from foundry.graph_builder import FLOAT, INT32, INT64, OPSET, GraphBuilder, Linear

FAMILIES = ("m2m_100", "marian", "bart", "mbart")
ENCODER, DECODER = "fused_encoder_model", "fused_decoder_model"
_PRE_NORM = ("m2m_100", "mbart")


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().float().numpy()


class FusedGraph:
    """What encoder and decoder share: embeddings, norms, feed-forward."""

    def __init__(self, model: PreTrainedModel, part: str, ranges: Mapping[str, float] | None, opset: int = OPSET) -> None:
        if model.config.model_type not in FAMILIES:
            raise ValueError(f"fused graphs are written for {', '.join(FAMILIES)}, not for {model.config.model_type}")
        self.family = model.config.model_type
        self.config = model.config
        self.model = model
        self.stack = model.get_encoder() if part == "encoder" else model.get_decoder()
        self.part = part
        self.heads = getattr(model.config, f"{part}_attention_heads")
        self.width = model.config.d_model
        self.head_size = self.width // self.heads
        self.pre_norm = self.family in _PRE_NORM
        self.graph = GraphBuilder(ranges, opset)

    def linear(self, states: str, name: str, *modules: nn.Linear) -> str:
        """One product for several modules side by side."""
        bias = np.concatenate([_array(module.bias) for module in modules])
        return self.graph.linear(states, Linear(f"{self.part}.{name}", [_array(module.weight).T for module in modules], bias))

    def norm(self, states: str, name: str, module: nn.LayerNorm) -> str:
        weight, bias = self._norm_constants(name, module)
        return self.graph.op("LayerNormalization", states, weight, bias, epsilon=module.eps)

    def add_norm(self, branch: str, states: str, name: str, module: nn.LayerNorm) -> tuple[str, str]:
        """``norm(branch + states)`` and the sum itself."""
        weight, bias = self._norm_constants(name, module)
        normed, total = f"{self.part}.{name}.out", f"{self.part}.{name}.sum"
        self.graph.op("SkipLayerNormalization", branch, states, weight, bias, contrib=True, epsilon=module.eps,
                      outputs=[normed, "", "", total])
        return normed, total

    def _norm_constants(self, name: str, module: nn.LayerNorm) -> tuple[str, str]:
        name = f"{self.part}.{name}"
        return (self.graph.constant(f"{name}.weight", _array(module.weight)),
                self.graph.constant(f"{name}.bias", _array(module.bias)))

    def embed(self, ids: str, places: Callable[[GraphBuilder], str]) -> str:
        """Token plus position embeddings, ``[batch * length, width]``."""
        graph = self.graph
        tokens = graph.lookup("embedding", _array(self.stack.embed_tokens.weight), ids)
        scale = float(getattr(self.stack.embed_tokens, "embed_scale", 1.0))
        if self.family == "marian":
            scale = float(getattr(self.stack, "embed_scale", scale))
        if scale != 1.0:
            tokens = graph.op("Mul", tokens, graph.constant("embed_scale", np.array(scale, np.float32)))
        states = graph.op("Add", tokens, graph.op("Gather", graph.constant("positions", self.position_table()), places(graph)))
        states = graph.op("Reshape", states, graph.ints(-1, self.width))
        embedding_norm = getattr(self.stack, "layernorm_embedding", None)
        return states if embedding_norm is None else self.norm(states, "layernorm_embedding", embedding_norm)

    def position_table(self) -> np.ndarray:
        module = self.stack.embed_positions
        return _array(module.weights if self.family == "m2m_100" else module.weight)

    def place(self, ids: str, past: str | None) -> str:
        """Row of the position table of each token ``[batch, length]``; ``past`` ``[batch, 1]`` is what went before."""
        graph = self.graph
        ones = graph.op("ConstantOfShape", graph.op("Shape", ids), value=numpy_helper.from_array(np.ones(1, np.int64)))
        if self.family == "m2m_100":
            # Padding has a row of its own and is not counted.
            pad = self.stack.embed_positions.padding_idx
            ones = graph.op("Cast", graph.op("Not", graph.op("Equal", ids, graph.constant("pad", np.array(pad, np.int64)))), to=INT64)
            offset = pad
        else:
            offset = getattr(self.stack.embed_positions, "offset", 0) - 1
        count = graph.op("CumSum", ones, graph.constant("axis_1", np.array(1, np.int64)))
        if past is not None:
            count = graph.op("Add", count, past)
        if self.family == "m2m_100":
            count = graph.op("Mul", count, ones)
        return graph.op("Add", count, graph.constant("position_offset", np.array(offset, np.int64)))

    def feed_forward(self, states: str, name: str, layer: nn.Module) -> str:
        graph = self.graph
        inner = self.linear(states, f"{name}.fc1", layer.fc1)
        activation = self.config.activation_function
        if activation == "relu":
            inner = graph.op("Relu", inner)
        elif activation in ("swish", "silu"):
            inner = graph.op("Mul", inner, graph.op("Sigmoid", inner))
        elif activation == "gelu":
            inner = graph.op("Gelu", inner, contrib=True)
        else:
            raise ValueError(f"fused graphs know relu, swish and gelu, not {activation}")
        return self.linear(inner, f"{name}.fc2", layer.fc2)

    def run_layers(self, states: str, blocks: Callable[[int, nn.Module], list["Block"]]) -> str:
        """Residual blocks around the attentions and the feed-forward, normed before or after; then the final norm, if any."""
        steps = [block for index, layer in enumerate(self.stack.layers) for block in blocks(index, layer)]
        final = getattr(self.stack, "layer_norm", None)
        if not self.pre_norm:
            for block in steps:
                states, _ = self.add_norm(block.branch(states), states, block.name, block.norm)
            return states if final is None else self.norm(states, "layer_norm", final)
        if final is None:
            raise ValueError("a model normed before its blocks needs a final norm")
        norms = [(block.name, block.norm) for block in steps[1:]] + [("layer_norm", final)]
        normed = self.norm(states, steps[0].name, steps[0].norm)
        for block, (name, norm) in zip(steps, norms):
            normed, states = self.add_norm(block.branch(normed), states, name, norm)
        return normed

    def project(self, states: str, kept: int, shape: Callable[[str, list[int]], str], dims: list[str | int]) -> str:
        """Gives out ``logits`` and each row's likeliest token; returns the log-probs of the ``kept`` likeliest, ``[rows, kept]``.

        ``shape`` brings a value with ``dims`` rows, and the trailing dimensions it is told, into its public form.
        """
        graph = self.graph
        vocabulary = self.config.vocab_size
        table = _array(self.model.get_output_embeddings().weight)
        bias = getattr(self.model, "final_logits_bias", None)
        offset = None if bias is None or not bool(bias.any()) else _array(bias).reshape(-1)
        tied = graph.constants.get("embedding")
        shared = "embedding" if tied is not None and np.array_equal(tied, table) else None
        logits = graph.linear(states, Linear("logits", [table.T], offset), transposed=shared)
        graph.output("logits", FLOAT, [*dims, vocabulary], shape(logits, [vocabulary]))
        log_probs = graph.op("LogSoftmax", logits, axis=-1)
        graph.op("TopK", log_probs, graph.ints(kept), axis=-1, outputs=["top_log_prob", "top_id"])
        for name, dtype, value in (("best_log_probs", FLOAT, "top_log_prob"), ("best_ids", INT64, "top_id")):
            if kept > 1:
                value = graph.op("Gather", value, graph.constant("first", np.array([0], np.int64)), axis=1)
            graph.output(name, dtype, dims, shape(value, []))
        return "top_log_prob"


@dataclass(frozen=True)
class Block:
    name: str
    norm: nn.LayerNorm
    branch: Callable[[str], str]


class _EncoderGraph(FusedGraph):
    def __init__(self, model: PreTrainedModel, ranges: Mapping[str, float] | None) -> None:
        super().__init__(model, "encoder", ranges)
        graph = self.graph
        ids = graph.input("input_ids", INT64, ["batch", "source"])
        mask = graph.op("Cast", graph.input("attention_mask", INT64, ["batch", "source"]), to=INT32)
        self.rows = graph.op("Concat", graph.op("Shape", ids), graph.ints(self.width), axis=0)
        states = self.run_layers(self.embed(ids, lambda _: self.place(ids, None)), lambda i, layer: self._blocks(i, layer, mask))
        graph.output("last_hidden_state", FLOAT, ["batch", "source", self.width], graph.op("Reshape", states, self.rows))
        self._cross(states)

    def _blocks(self, index: int, layer: nn.Module, mask: str) -> list[Block]:
        name = f"layers.{index}"
        return [
            Block(f"{name}.self_attn_norm", layer.self_attn_layer_norm, lambda x: self._attention(x, name, layer.self_attn, mask)),
            Block(f"{name}.final_norm", layer.final_layer_norm, lambda x: self.feed_forward(x, name, layer)),
        ]

    def _attention(self, states: str, name: str, module: nn.Module, mask: str) -> str:
        graph = self.graph
        packed = self.linear(states, f"{name}.qkv", module.q_proj, module.k_proj, module.v_proj)
        parts = [f"{self.part}.{name}.{kind}" for kind in ("q", "k", "v")]
        graph.op("Split", packed, outputs=parts, axis=1)
        query, key, value = (graph.op("Reshape", part, self.rows) for part in parts)
        mixed = graph.op("MultiHeadAttention", query, key, value, "", mask, contrib=True, num_heads=self.heads)
        return self.linear(graph.op("Reshape", mixed, graph.ints(-1, self.width)), f"{name}.out", module.out_proj)

    def _cross(self, states: str) -> None:
        graph = self.graph
        layers = self.model.get_decoder().layers
        heads = self.config.decoder_attention_heads
        modules = [module for layer in layers for module in (layer.encoder_attn.k_proj, layer.encoder_attn.v_proj)]
        packed = self.linear(states, "cross", *modules)
        parts = [f"cross.{i}" for i in range(len(modules))]
        graph.op("Split", packed, outputs=parts, axis=1)
        shape = graph.op("Concat", graph.op("Shape", "input_ids"), graph.ints(heads, self.width // heads), axis=0)
        for i, part in enumerate(parts):
            split = graph.op("Transpose", graph.op("Reshape", part, shape), perm=[0, 2, 1, 3])
            name = f"present.{i // 2}.encoder.{'value' if i % 2 else 'key'}"
            graph.output(name, FLOAT, ["batch", heads, "source", self.width // heads], split)


class _DecoderGraph(FusedGraph):
    def __init__(self, model: PreTrainedModel, ranges: Mapping[str, float] | None) -> None:
        super().__init__(model, "decoder", ranges)
        graph = self.graph
        ids = graph.input("input_ids", INT64, ["batch", 1])
        past = graph.input("past_lengths", INT32, ["batch"])
        source = graph.input("source_lengths", INT32, ["batch"])
        one = graph.constant("one", np.array(1, np.int32))
        self.past, self.past_total = past, graph.op("Add", graph.op("ReduceMax", past, keepdims=0), one)
        self.source, self.source_total = graph.op("Sub", source, one), graph.op("ReduceMax", source, keepdims=0)
        last = graph.op("Reshape", graph.op("Cast", self.source, to=INT64), graph.ints(-1, 1, 1))
        self.last = graph.op("Expand", last, graph.ints(1, self.heads, 1))
        before = graph.op("Reshape", graph.op("Cast", past, to=INT64), graph.ints(-1, 1))
        states = self.run_layers(self.embed(ids, lambda _: self.place(ids, before)), self._blocks)
        self.project(states, 1, lambda value, rest: value if rest else graph.op("Reshape", value, graph.ints(-1)), ["batch"])

    def _blocks(self, index: int, layer: nn.Module) -> list[Block]:
        name = f"layers.{index}"
        return [
            Block(f"{name}.self_attn_norm", layer.self_attn_layer_norm, lambda x: self._self_attention(x, index, layer.self_attn)),
            Block(f"{name}.cross_attn_norm", layer.encoder_attn_layer_norm,
                   lambda x: self._cross_attention(x, index, layer.encoder_attn)),
            Block(f"{name}.final_norm", layer.final_layer_norm, lambda x: self.feed_forward(x, name, layer)),
        ]

    def _cache(self, index: int, kind: str, length: str) -> tuple[list[str], list[str]]:
        dims: list[str | int] = ["batch", self.heads, length, self.head_size]
        past = [self.graph.input(f"past_key_values.{index}.{kind}.{part}", FLOAT, dims) for part in ("key", "value")]
        present = [f"present.{index}.{kind}.{part}" for part in ("key", "value")]
        for name in present:
            self.graph.output(name, FLOAT, dims, name)
        return past, present

    def _attend(self, query: str, new: list[str], cache: tuple[list[str], list[str]], lengths: str, total: str) -> str:
        past, present = cache
        mixed = f"{present[0]}.mixed"
        self.graph.op("GroupQueryAttention", query, *new, *past, lengths, total, contrib=True, num_heads=self.heads,
                      kv_num_heads=self.heads, outputs=[mixed, *present])
        return self.graph.op("Reshape", mixed, self.graph.ints(-1, self.width))

    def _self_attention(self, states: str, index: int, module: nn.Module) -> str:
        name = f"layers.{index}.self"
        packed = self.linear(states, f"{name}.qkv", module.q_proj, module.k_proj, module.v_proj)
        packed = self.graph.op("Reshape", packed, self.graph.ints(-1, 1, 3 * self.width))
        mixed = self._attend(packed, ["", ""], self._cache(index, "decoder", "capacity"), self.past, self.past_total)
        return self.linear(mixed, f"{name}.out", module.out_proj)

    def _cross_attention(self, states: str, index: int, module: nn.Module) -> str:
        name = f"layers.{index}.cross"
        graph = self.graph
        query = graph.op("Reshape", self.linear(states, f"{name}.q", module.q_proj), graph.ints(-1, 1, self.width))
        cache = self._cache(index, "encoder", "source_capacity")
        new = [graph.op("Reshape", graph.op("GatherND", part, self.last, batch_dims=2), graph.ints(-1, 1, self.width))
               for part in cache[0]]
        mixed = self._attend(query, new, cache, self.source, self.source_total)
        return self.linear(mixed, f"{name}.out", module.out_proj)


def fused_graphs(model: PreTrainedModel, ranges: Mapping[str, float] | None = None) -> dict[str, GraphBuilder]:
    """Both graphs by stem; int8 where ``ranges`` are given."""
    return {ENCODER: _EncoderGraph(model, ranges).graph, DECODER: _DecoderGraph(model, ranges).graph}

