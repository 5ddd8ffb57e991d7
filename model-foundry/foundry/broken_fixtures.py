"""Exports that went wrong in ways that happen: each must be refused when it loads, with the failing property named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import onnx
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import GPT2Config, GPT2LMHeadModel, M2M100Config, M2M100ForConditionalGeneration, PreTrainedModel
from transformers.models.gpt2 import modeling_gpt2
from transformers.models.m2m_100 import modeling_m2m_100

from foundry import graphs
from foundry.fixture_models import Spread, diversify
from foundry.fixture_texts import SENTENCES, byte_level_tokenizer, write_json
from foundry.vocabulary import train_tokenizer

ENCODER, FIRST, LATER, CAUSAL = "encoder_model", "decoder_model", "decoder_with_past_model", "model"


def _shorten(path: Path) -> None:
    """Short names for everything inside the graph: of a tiny model they are the larger part."""
    model = onnx.load(str(path))
    graph = model.graph
    kept = {put.name for put in [*graph.input, *graph.output]}
    names: dict[str, str] = {}

    def short(name: str) -> str:
        return name if not name or name in kept else names.setdefault(name, f"v{len(names)}")

    for node in graph.node:
        node.name = ""
        node.doc_string = ""
        del node.metadata_props[:]
        node.input[:] = [short(name) for name in node.input]
        node.output[:] = [short(name) for name in node.output]
    for tensor in graph.initializer:
        tensor.name = short(tensor.name)
    del graph.value_info[:]
    onnx.save(model, str(path))


def _seq2seq(vocab_size: int) -> PreTrainedModel:
    torch.manual_seed(0)
    config = M2M100Config(
        vocab_size=vocab_size, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=64, scale_embedding=True, attn_implementation="eager",
        dropout=0.2, bos_token_id=0, pad_token_id=1, eos_token_id=2, decoder_start_token_id=2)
    model = M2M100ForConditionalGeneration(config)
    diversify(model, Spread(0.3, 1.0, 0.4, 0.6, 1.0), eos=2)
    return model


def _causal(vocab_size: int) -> PreTrainedModel:
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=vocab_size, n_positions=64, n_embd=16, n_layer=2, n_head=2, attn_implementation="eager",
                        bos_token_id=0, eos_token_id=0)
    model = GPT2LMHeadModel(config)
    diversify(model, Spread(0.5, 0.6, 0.5, 0.5, 1.0, position=0.3), eos=0)
    return model


class _IgnoreMask(nn.Module):
    """Sees every position, padding too."""

    def __init__(self, module: nn.Module, mask_argument: int) -> None:
        super().__init__()
        self.module = module
        self.mask_argument = mask_argument

    def forward(self, *values: Tensor) -> Tensor | tuple[Tensor, ...]:
        changed = list(values)
        # Ones that still depend on the mask, or the exporter would drop the input.
        changed[self.mask_argument] = torch.clamp(values[self.mask_argument] + 1, max=1)
        return self.module(*changed)


class _ShiftCache(nn.Module):
    """Gives the grown cache back one place too far: the first token twice, the last one not at all."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, *values: Tensor) -> tuple[Tensor, ...]:
        logits, *present = self.module(*values)
        return (logits, *(torch.cat([part[:, :, :1], part[:, :, :-1]], dim=2) for part in present))


class _FreezePositions(nn.Module):
    """Takes every token for the first one."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, *past: Tensor) -> tuple[Tensor, ...]:
        return self.module(input_ids, attention_mask, position_ids * 0, *past)


class _CountPositions(nn.Module):
    """Counts positions from the length of the past, as exports without ``position_ids`` do."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, input_ids: Tensor, attention_mask: Tensor, *past: Tensor) -> tuple[Tensor, ...]:
        return self.module(input_ids, attention_mask, None, *past)


def _export_only(folder: Path, stem: str, export: Callable[[], None], wrap: Callable[[nn.Module], nn.Module]) -> None:
    """Runs an export but writes only the graph ``stem``, made from what ``wrap`` makes of its module."""
    original = graphs.export_graph

    def chosen(module: nn.Module, inputs: dict, outputs: dict, axes: dict, path: Path) -> None:
        if path.stem == stem:
            module = wrap(module)
            kept = {name: value for name, value in inputs.items() if name != "position_ids" or not isinstance(module, _CountPositions)}
            original(module, kept, outputs, {name: axes[name] for name in kept}, path)
            _shorten(path)

    with mock.patch.object(graphs, "export_graph", chosen):
        export()
    if not (folder / "onnx" / f"{stem}.onnx").exists():
        raise AssertionError(f"{folder.name}: nothing was exported")


def _with_dropout(module: nn.Module) -> nn.Module:
    """Dropout as it is when a wrapper was left in training mode: drawn anew in every run."""

    class _Training(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.module = module

        def forward(self, *values: Tensor) -> tuple[Tensor, ...]:
            logits, *rest = self.module(*values)
            # Drawn by the graph itself, since the exporter folds the model's own dropout away in eval mode.
            kept = (torch.rand_like(logits) > 0.2).to(logits.dtype)
            return (logits * kept / 0.8, *rest)

    return _Training()


def _no_causal_mask(*_: object, **__: object) -> None:
    return None


def broken(folder: Path) -> None:
    """``sound-*`` are whole models; every other folder holds the one graph that differs, and ``base`` names its model.

    ``causal-without-positions`` is sound too, but its rows must not be padded.
    """
    tokenizer = train_tokenizer(SENTENCES * 3, 300)
    seq2seq = _seq2seq(tokenizer.get_vocab_size())
    _save_sound(folder / "sound-seq2seq", seq2seq, tokenizer)
    tokenizer = byte_level_tokenizer(280, ["<|endoftext|>"])
    causal = _causal(tokenizer.get_vocab_size())
    _save_sound(folder / "sound-causal", causal, tokenizer)

    def overlay(name: str, model: PreTrainedModel, stem: str, wrap: Callable[[nn.Module], nn.Module]) -> None:
        out = folder / name
        out.mkdir(parents=True, exist_ok=True)
        (out / "base").write_text("sound-seq2seq\n" if model is seq2seq else "sound-causal\n")
        export = graphs.export_seq2seq if model is seq2seq else graphs.export_causal
        _export_only(out, stem, lambda: export(model, out / "onnx"), wrap)

    overlay("encoder-padding-leaks", seq2seq, ENCODER, lambda module: _IgnoreMask(module, 1))
    overlay("decoder-padding-leaks", seq2seq, FIRST, lambda module: _IgnoreMask(module, 0))
    overlay("cached-padding-leaks", seq2seq, LATER, lambda module: _IgnoreMask(module, 0))
    overlay("cache-shifted", seq2seq, LATER, _ShiftCache)
    overlay("dropout-left-on", seq2seq, FIRST, _with_dropout)
    with mock.patch.object(modeling_m2m_100, "create_causal_mask", _no_causal_mask):
        overlay("mask-missing", seq2seq, FIRST, lambda module: module)
    positions = seq2seq.model.decoder.embed_positions
    forward = positions.forward
    with mock.patch.object(positions, "forward", lambda ids, embeds=None, past_key_values_length=0: forward(ids, embeds, 5)):
        overlay("positions-frozen", seq2seq, LATER, lambda module: module)
    overlay("causal-without-positions", causal, CAUSAL, _CountPositions)
    overlay("causal-padding-leaks", causal, CAUSAL, lambda module: _IgnoreMask(module, 1))
    overlay("causal-cache-shifted", causal, CAUSAL, _ShiftCache)
    overlay("causal-positions-frozen", causal, CAUSAL, _FreezePositions)
    overlay("causal-dropout-left-on", causal, CAUSAL, _with_dropout)
    with mock.patch.object(modeling_gpt2, "create_causal_mask", _no_causal_mask):
        overlay("causal-mask-missing", causal, CAUSAL, lambda module: _KeepMask(module))


class _KeepMask(nn.Module):
    """Lets the padding mask count for nothing but keeps it as an input."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, *past: Tensor) -> tuple[Tensor, ...]:
        logits, *present = self.module(input_ids, attention_mask, position_ids, *past)
        return (logits + 0 * attention_mask.sum(), *present)


def _save_sound(folder: Path, model: PreTrainedModel, tokenizer: Tokenizer) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config = model.config.to_diff_dict() | {"architectures": [type(model).__name__]}
    write_json(folder / "config.json", config)
    if model.config.is_encoder_decoder:
        write_json(folder / "generation_config.json", {"decoder_start_token_id": 2, "eos_token_id": 2, "pad_token_id": 1})
        graphs.export_seq2seq(model, folder / "onnx")
    else:
        write_json(folder / "generation_config.json", {"bos_token_id": 0, "eos_token_id": 0})
        graphs.export_causal(model, folder / "onnx")
    tokenizer.save(str(folder / "tokenizer.json"))
    for path in (folder / "onnx").glob("*.onnx"):
        _shorten(path)
