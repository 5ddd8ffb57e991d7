"""Exports Hugging Face models as graphs in Optimum's layout (names, files, dynamic axes)."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from transformers import PretrainedConfig, PreTrainedModel
from transformers.cache_utils import DynamicCache, EncoderDecoderCache

OPSET = 17
# Of a graph that interpolates its positions: those of the class token and of the patches.
POSITION_PARTS = ("model.vit.embeddings.position_embeddings.class", "model.vit.embeddings.position_embeddings.patches")


def export_graph(module: nn.Module, inputs: dict[str, Tensor], outputs: dict[str, dict[int, str]],
            axes: dict[str, dict[int, str]], path: Path) -> None:
    # The exporter restores the mode of the wrapper, so the wrapper itself must be in eval mode, not just the model.
    module.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, tuple(inputs.values()), str(path), input_names=list(inputs), output_names=list(outputs),
            dynamic_axes=axes | outputs, opset_version=OPSET, dynamo=False, do_constant_folding=True,
        )


class _Encoder(nn.Module):
    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.encoder = model.get_encoder()

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


class _Decoder(nn.Module):
    """First step: no past; gives the logits and every key and value, self and cross."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, encoder_attention_mask: Tensor, input_ids: Tensor, encoder_hidden_states: Tensor) -> tuple[Tensor, ...]:
        cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        logits = self.model(
            encoder_outputs=(encoder_hidden_states,), attention_mask=encoder_attention_mask,
            decoder_input_ids=input_ids, past_key_values=cache, use_cache=True,
        ).logits
        flat = [logits]
        for own, cross in zip(cache.self_attention_cache.layers, cache.cross_attention_cache.layers):
            flat += [own.keys, own.values, cross.keys, cross.values]
        return tuple(flat)


class _DecoderWithPast(nn.Module):
    """Later steps: one new token, the past given; gives the logits and the grown self-attention cache."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model
        self.hidden_size = model.config.d_model

    def forward(self, encoder_attention_mask: Tensor, input_ids: Tensor, *past: Tensor) -> tuple[Tensor, ...]:
        own = DynamicCache([(past[i], past[i + 1]) for i in range(0, len(past), 4)])
        cross = DynamicCache([(past[i + 2], past[i + 3]) for i in range(0, len(past), 4)])
        cache = EncoderDecoderCache(own, cross)
        # Cross-attention reads its cache; the states only have to be there, so they come from the mask's shape.
        states = encoder_attention_mask.unsqueeze(-1).to(past[0].dtype).expand(-1, -1, self.hidden_size)
        logits = self.model(
            encoder_outputs=(states,), attention_mask=encoder_attention_mask,
            decoder_input_ids=input_ids, past_key_values=cache, use_cache=True,
        ).logits
        flat = [logits]
        for layer in cache.self_attention_cache.layers:
            flat += [layer.keys, layer.values]
        return tuple(flat)


def _decoder_shape(config: PretrainedConfig) -> tuple[int, int, int]:
    """Layers, heads and head size of the decoder; T5 names them its own way and does not derive the head size."""
    if config.model_type == "t5":
        return config.num_decoder_layers, config.num_heads, config.d_kv
    return config.decoder_layers, config.decoder_attention_heads, config.d_model // config.decoder_attention_heads


def export_seq2seq(model: PreTrainedModel, folder: Path) -> None:
    """Writes ``encoder_model``, ``decoder_model`` and ``decoder_with_past_model`` under ``folder``."""
    config = model.config
    layers, heads, head_size = _decoder_shape(config)
    batch, source, past_length = 2, 7, 5
    source_axes = {0: "batch_size", 1: "encoder_sequence_length"}
    ids = torch.randint(4, config.vocab_size, (batch, source))
    mask = torch.ones(batch, source, dtype=torch.long)
    mask[1, 5:] = 0
    axes = {"input_ids": source_axes, "attention_mask": source_axes}
    export_graph(_Encoder(model), {"input_ids": ids, "attention_mask": mask}, {"last_hidden_state": source_axes}, axes,
            folder / "encoder_model.onnx")

    cross_axes = {0: "batch_size", 2: "encoder_sequence_length"}
    outputs: dict[str, dict[int, str]] = {"logits": {0: "batch_size", 1: "decoder_sequence_length"}}
    later_outputs: dict[str, dict[int, str]] = {"logits": {0: "batch_size", 1: "decoder_sequence_length"}}
    past_inputs: dict[str, Tensor] = {}
    past_axes: dict[str, dict[int, str]] = {}
    for layer in range(layers):
        for kind in ("key", "value"):
            outputs[f"present.{layer}.decoder.{kind}"] = {0: "batch_size", 2: "decoder_sequence_length"}
            later_outputs[f"present.{layer}.decoder.{kind}"] = {0: "batch_size", 2: "past_decoder_sequence_length + 1"}
            past_inputs[f"past_key_values.{layer}.decoder.{kind}"] = torch.randn(batch, heads, past_length, head_size)
            past_axes[f"past_key_values.{layer}.decoder.{kind}"] = {0: "batch_size", 2: "past_decoder_sequence_length"}
        for kind in ("key", "value"):
            outputs[f"present.{layer}.encoder.{kind}"] = cross_axes
            past_inputs[f"past_key_values.{layer}.encoder.{kind}"] = torch.randn(batch, heads, source, head_size)
            past_axes[f"past_key_values.{layer}.encoder.{kind}"] = cross_axes

    first = {"encoder_attention_mask": mask, "input_ids": torch.randint(4, config.vocab_size, (batch, 3)),
             "encoder_hidden_states": torch.randn(batch, source, config.d_model)}
    axes = {"encoder_attention_mask": source_axes, "input_ids": {0: "batch_size", 1: "decoder_sequence_length"},
            "encoder_hidden_states": source_axes}
    export_graph(_Decoder(model), first, outputs, axes, folder / "decoder_model.onnx")

    later = {"encoder_attention_mask": mask, "input_ids": torch.randint(4, config.vocab_size, (batch, 1))} | past_inputs
    axes = {"encoder_attention_mask": source_axes, "input_ids": {0: "batch_size", 1: "decoder_sequence_length"}} | past_axes
    export_graph(_DecoderWithPast(model), later, later_outputs, axes, folder / "decoder_with_past_model.onnx")


class _Causal(nn.Module):
    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor | None, *past: Tensor) -> tuple[Tensor, ...]:
        cache = DynamicCache([(past[i], past[i + 1]) for i in range(0, len(past), 2)])
        logits = self.model(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids,
                            past_key_values=cache, use_cache=True).logits
        return (logits, *(part for layer in cache.layers for part in (layer.keys, layer.values)))


def causal_heads(config: PretrainedConfig) -> tuple[int, int]:
    """Number and width of the heads that a causal model caches; newer families state a width of their own."""
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    return heads, getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads


def export_causal(model: PreTrainedModel, folder: Path) -> None:
    """Writes one ``model`` graph whose past may be empty (length 0)."""
    config = model.config
    heads, head_size = causal_heads(config)
    batch, past_length, length = 2, 4, 3
    token_axes = {0: "batch_size", 1: "sequence_length"}
    inputs = {"input_ids": torch.randint(4, config.vocab_size, (batch, length)),
              "attention_mask": torch.ones(batch, past_length + length, dtype=torch.long),
              "position_ids": torch.arange(past_length, past_length + length).expand(batch, -1).contiguous()}
    axes = {"input_ids": token_axes, "attention_mask": {0: "batch_size", 1: "past_sequence_length + sequence_length"},
            "position_ids": token_axes}
    outputs: dict[str, dict[int, str]] = {"logits": token_axes}
    for layer in range(config.num_hidden_layers):
        for kind in ("key", "value"):
            inputs[f"past_key_values.{layer}.{kind}"] = torch.randn(batch, heads, past_length, head_size)
            axes[f"past_key_values.{layer}.{kind}"] = {0: "batch_size", 2: "past_sequence_length"}
            outputs[f"present.{layer}.{kind}"] = {0: "batch_size", 2: "past_sequence_length + sequence_length"}
    export_graph(_Causal(model), inputs, outputs, axes, folder / "model.onnx")


class _Bert(nn.Module):
    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        return self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state


def export_bert(model: PreTrainedModel, folder: Path) -> None:
    axes = {0: "batch_size", 1: "sequence_length"}
    ids = torch.randint(4, model.config.vocab_size, (2, 6))
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
    export_graph(_Bert(model), inputs, {"last_hidden_state": axes}, {name: axes for name in inputs}, folder / "model.onnx")


class _ImageClassifier(nn.Module):
    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixel_values: Tensor) -> Tensor:
        return self.model(pixel_values=pixel_values).logits


def export_image_classifier(model: PreTrainedModel, folder: Path) -> None:
    size = model.config.image_size
    axes = {0: "batch_size", 1: "num_channels", 2: "height", 3: "width"}
    export_graph(_ImageClassifier(model), {"pixel_values": torch.randn(2, 3, size, size)}, {"logits": {0: "batch_size"}},
            {"pixel_values": axes}, folder / "model.onnx")


class _AttentiveClassifier(nn.Module):
    """Logits, and with ``attentions`` every layer's attention; positions are interpolated to the picture's patches."""

    def __init__(self, model: PreTrainedModel, attentions: bool) -> None:
        super().__init__()
        self.model, self.attentions = model, attentions

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        outputs = self.model(pixel_values=pixel_values, interpolate_pos_encoding=True, output_attentions=self.attentions)
        return (outputs.logits, *outputs.attentions) if self.attentions else (outputs.logits,)


def export_resizable_classifier(model: PreTrainedModel, folder: Path) -> list[Path]:
    """Writes ``model`` and ``attention_model``, which also gives ``attentions.N`` ``[batch, heads, tokens, tokens]``; both take
    pictures of any height and width that the patch divides. The model's attention must be ``eager``."""
    size = model.config.image_size
    pixels, axes = torch.randn(2, 3, size, size), {0: "batch_size", 2: "height", 3: "width"}
    names = [f"attentions.{layer}" for layer in range(model.config.num_hidden_layers)]
    outputs: dict[str, dict[int, str]] = {"logits": {0: "batch_size"}}
    paths = [folder / "model.onnx", folder / "attention_model.onnx"]
    export_graph(_AttentiveClassifier(model, False), {"pixel_values": pixels}, outputs, {"pixel_values": axes}, paths[0])
    more = {name: {0: "batch_size", 2: "tokens", 3: "tokens"} for name in names}
    export_graph(_AttentiveClassifier(model, True), {"pixel_values": pixels}, outputs | more, {"pixel_values": axes}, paths[1])
    for path in paths:
        _name_positions(path)
    return paths


def _name_positions(path: Path) -> None:
    """The exporter cuts the positions into the class token's and the patches' and leaves them nameless; names them again."""
    model = onnx.load(str(path))
    nameless = [tensor for tensor in model.graph.initializer if tensor.name.startswith("onnx::") and len(tensor.dims) == 3]
    names = {tensor.name: POSITION_PARTS[0 if tensor.dims[1] == 1 else 1] for tensor in nameless}
    if len(set(names.values())) != 2 or len(names) != 2:
        raise AssertionError(f"{path}: expected the positions in two parts, found {sorted(names)}")
    for tensor in nameless:
        tensor.name = names[tensor.name]
    for node in model.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
    onnx.save(model, str(path))
