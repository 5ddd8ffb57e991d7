"""Hugging Face's long encoders as graphs of any length: Longformer's own code unrolls a loop over the length it is traced with."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from foundry.graphs import export_graph
from foundry.long_inputs.attention import sliding_window


class _Longformer(nn.Module):
    """``LongformerModel`` without global tokens, as it is when no ``global_attention_mask`` is given."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """States of ids whose length is a multiple of the attention window."""
        states = self.model.embeddings(input_ids=input_ids)
        mask = attention_mask > 0
        for layer in self.model.encoder.layer:
            attention = layer.attention.self
            query, key, value = (
                project(states).unflatten(2, (attention.num_heads, -1)).transpose(1, 2)
                for project in (attention.query, attention.key, attention.value)
            )
            mixed = sliding_window(query, key, value, mask, attention.one_sided_attn_window_size)
            attended = layer.attention.output(mixed.transpose(1, 2).flatten(2), states)
            states = layer.output(layer.intermediate(attended), attended)
        return states


class _BigBird(nn.Module):
    """``BigBirdModel`` with full attention, which it has for short texts whatever its settings say."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model
        model.set_attention_type("original_full")

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


def export_long_encoder(model: PreTrainedModel, folder: Path) -> None:
    """Writes ``model.onnx`` of a Longformer or BigBird encoder."""
    longformer = model.config.model_type == "longformer"
    window = max(model.config.attention_window) if longformer else 1
    axes = {0: "batch_size", 1: "sequence_length"}
    ids = torch.randint(4, model.config.vocab_size, (2, 3 * window if longformer else 12))
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    module = _Longformer(model) if longformer else _BigBird(model)
    export_graph(module, inputs, {"last_hidden_state": axes}, {name: axes for name in inputs}, folder / "model.onnx")
