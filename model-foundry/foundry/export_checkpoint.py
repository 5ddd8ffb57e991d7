"""Writes a model package from a Hugging Face checkpoint folder, verified against PyTorch."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from transformers import (
    AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForImageClassification, AutoModelForSeq2SeqLM, AutoTokenizer, GenerationConfig,
    PreTrainedModel,
)

from foundry import graphs, half
from foundry.attention import write_attention
from foundry.export import STEMS, PackageInfo, digests, hugging_face_greedy, write_json
from foundry.export_fused import write_fused, write_fused_int8
from foundry.export_pictures import CLASSES, TASKS, compare_pictures, export_pictures
from foundry.fused import DECODER, ENCODER
from foundry.fused import FAMILIES as fused_families
from foundry.fused_greedy import FusedTranslator
from foundry.greedy import GraphTranslator, SpecialIds, open_session
from foundry.long_inputs.hugging_face import export_long_encoder
from foundry.marian_tokenizer import marian_tokenizer
from foundry.picture_attention import write_picture_attention
from foundry.quantize import quantize_blockwise, store_weights_once
from foundry.vocabulary import load_tokenizer

SEQ2SEQ = ("bart", "m2m_100", "marian", "mbart", "t5")
CAUSAL = ("gpt2", "llama", "qwen2", "qwen3")
ENCODERS = ("bert",)
LONG_ENCODERS = ("big_bird", "longformer")
IMAGE_CLASSIFIERS = ("deit", "vit")
FAMILIES = (*SEQ2SEQ, *CAUSAL, *ENCODERS, *LONG_ENCODERS, *IMAGE_CLASSIFIERS, *TASKS)

_COPIED = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
           "chat_template.jinja", "preprocessor_config.json")
ATTENTIVE = ("vit", "deit", "yolos")
"""Families of pictures in which every token looks at every token."""
_TOLERANCE = 1e-3


class UnsupportedCheckpoint(ValueError):
    """The folder holds no checkpoint that can become a package; the message says why and what could."""


def export_checkpoint(checkpoint: Path, out: Path, info: PackageInfo, int8: bool, calibration: list[str], fp16: bool = False) -> None:
    """Writes settings, tokenizer, graphs and manifest; fails where graphs and PyTorch disagree, those in float16 by more than 2 %.

    ``calibration`` are sentences that the scales of fused int8 graphs are measured on.
    """
    config = AutoConfig.from_pretrained(checkpoint, local_files_only=True)
    family = config.model_type
    if family not in FAMILIES:
        raise UnsupportedCheckpoint(f"{checkpoint} is of family {family!r}; the foundry exports {', '.join(FAMILIES)}")
    if family in SEQ2SEQ and not info.source:
        raise UnsupportedCheckpoint(f"{checkpoint} does not say which languages it translates: give --pair")
    torch.manual_seed(0)
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    if family in SEQ2SEQ:
        task, stems = "translation", STEMS
        model = _load(AutoModelForSeq2SeqLM, checkpoint)
        rows = [load_tokenizer(checkpoint).encode(text).ids for text in calibration] if int8 else []
        _write_graphs(model, lambda model, folder: _export_seq2seq(model, folder, rows), stems, out, int8, fp16)
        write_attention(out / "onnx")
        _compare_ids(model, out)
        if fp16:
            _compare_half(model, out)
    elif family in CAUSAL:
        task, stems = "text-generation", ("model",)
        model = _load(AutoModelForCausalLM, checkpoint)
        _write_graphs(model, graphs.export_causal, stems, out, int8, fp16)
        _compare(out, "logits", *_causal_case(model), fp16=fp16)
    elif family in LONG_ENCODERS:
        task, stems = "feature-extraction", ("model",)
        model = AutoModel.from_pretrained(checkpoint, local_files_only=True, dtype=torch.float32).eval()
        _write_graphs(model, export_long_encoder, stems, out, int8, fp16)
        _compare(out, "last_hidden_state", *_long_case(model), fp16=fp16)
    elif family in ENCODERS:
        task, stems = "feature-extraction", ("model",)
        model = _load(AutoModel, checkpoint)
        _write_graphs(model, graphs.export_bert, stems, out, int8, fp16)
        _compare(out, "last_hidden_state", *_encoder_case(model), fp16=fp16)
    elif family in TASKS:
        task, stems = TASKS[family], ("model",)
        model = _load(CLASSES[family], checkpoint)
        _write_graphs(model, export_pictures, stems, out, int8, fp16)
        compare_pictures(model, out)
        if fp16:
            compare_pictures(model, out, half.SUFFIX, half.TOLERANCE)
    else:
        task, stems = "image-classification", ("model",)
        model = _load(AutoModelForImageClassification, checkpoint)
        _write_graphs(model, graphs.export_image_classifier, stems, out, int8, fp16)
        _compare(out, "logits", *_image_case(model), fp16=fp16)
    _write_settings(checkpoint, model, task, out)
    if family in ATTENTIVE:
        write_picture_attention(out / "onnx")
    languages = {"source": info.source, "target": info.target} if task == "translation" else {}
    manifest: dict = {"task": task, **languages, "licence": info.licence, "provenance": info.provenance}
    if family in SEQ2SEQ:
        fused = {"fused": [ENCODER, DECODER]} if family in fused_families else {}
        manifest["decoders"] = {"autoregressive": {"graphs": list(stems)} | fused}
    write_json(out / "triptych.json", {key: value for key, value in manifest.items() if value} | {"metrics": {}, "sha256": digests(out)})


def _load(kind: type, checkpoint: Path) -> PreTrainedModel:
    return kind.from_pretrained(checkpoint, local_files_only=True, dtype=torch.float32, attn_implementation="eager").eval()


def _write_graphs(
    model: PreTrainedModel, export: Callable[[PreTrainedModel, Path], None], stems: tuple[str, ...], out: Path, int8: bool, fp16: bool,
) -> None:
    folder = out / "onnx"
    export(model, folder)
    for stem in stems if int8 else ():
        quantize_blockwise(folder / f"{stem}.onnx", folder / f"{stem}_quantized.onnx")
    for stem in stems if fp16 else ():
        half.write_half(folder / f"{stem}.onnx", folder / f"{stem}{half.SUFFIX}.onnx")
    store_weights_once(sorted(folder.glob("*.onnx")), "model.onnx_data")


def _export_seq2seq(model: PreTrainedModel, folder: Path, rows: list[list[int]]) -> None:
    """The plain layout and, where the family has them, fused graphs: int8 too where there are rows to calibrate with."""
    graphs.export_seq2seq(model, folder)
    if model.config.model_type in fused_families:
        write_fused(model, folder)
        if rows:
            write_fused_int8(model, folder, special_ids(model), rows)


def _write_settings(checkpoint: Path, model: PreTrainedModel, task: str, out: Path) -> None:
    for name in _COPIED:
        if (checkpoint / name).exists():
            shutil.copyfile(checkpoint / name, out / name)
    config = json.loads((out / "config.json").read_text(encoding="utf-8"))
    write_json(out / "config.json", config | {"architectures": [type(model).__name__]})
    if task == "image-classification" or task in TASKS.values():
        if not (out / "preprocessor_config.json").exists():
            raise UnsupportedCheckpoint(f"{checkpoint} holds no preprocessor_config.json: how its pictures are scaled is unknown")
        return
    if model.can_generate() and not (out / "generation_config.json").exists():
        write_json(out / "generation_config.json", model.generation_config.to_diff_dict())
    if not (out / "tokenizer.json").exists() and (checkpoint / "source.spm").exists():
        marian_tokenizer(checkpoint).save(str(out / "tokenizer.json"))
    elif not (out / "tokenizer.json").exists():
        tokenizer = AutoTokenizer.from_pretrained(checkpoint, local_files_only=True)
        if not tokenizer.is_fast:
            raise UnsupportedCheckpoint(f"{checkpoint} holds no tokenizer.json, and {type(tokenizer).__name__} cannot be written as one")
        tokenizer.save_pretrained(out)


def _compare(out: Path, name: str, feeds: dict[str, torch.Tensor], expected: torch.Tensor, fp16: bool) -> None:
    for suffix, tolerance in (("", _TOLERANCE), (half.SUFFIX, half.TOLERANCE)) if fp16 else (("", _TOLERANCE),):
        got = open_session(out / "onnx" / f"model{suffix}.onnx").run([name], {key: value.numpy() for key, value in feeds.items()})[0]
        _close(got, expected, tolerance, f"model{suffix}.onnx's {name}")


def _close(got: np.ndarray, expected: torch.Tensor, tolerance: float, what: str) -> None:
    difference = float(np.abs(got - expected.numpy()).max())
    if not difference <= tolerance * max(1.0, float(expected.abs().max())):
        raise AssertionError(f"{what} differ from PyTorch's by {difference}")


@torch.no_grad()
def _compare_half(model: PreTrainedModel, out: Path) -> None:
    """Encoder states, and the logits of a step without and one with a past."""
    translator = GraphTranslator(out, special_ids(model), half.SUFFIX)
    source = torch.randint(4, model.config.vocab_size, (1, 9))
    states, mask = translator.encode(source.tolist())
    prefix = torch.tensor([[translator.ids.start, 5]])
    expected = model(input_ids=source, decoder_input_ids=prefix)
    _close(states, expected.encoder_last_hidden_state, half.TOLERANCE, "half-precision encoder states")
    feeds = {"encoder_attention_mask": mask, "encoder_hidden_states": states, "input_ids": prefix[:, :1].numpy()}
    outputs = dict(zip(translator.first_names, translator.first.run(None, feeds)))
    _close(outputs["logits"][:, -1], expected.logits[:, 0], half.TOLERANCE, "half-precision logits")
    past = {name: outputs[name.replace("past_key_values", "present")] for name in translator.past_names}
    later = translator.later.run(["logits"], {"encoder_attention_mask": mask, "input_ids": prefix[:, 1:].numpy()} | past)[0]
    _close(later[:, -1], expected.logits[:, 1], half.TOLERANCE, "half-precision logits after a past")


@torch.no_grad()
def _causal_case(model: PreTrainedModel) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    ids = torch.randint(0, model.config.vocab_size, (2, 9))
    feeds = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "position_ids": torch.arange(9).expand(2, -1).contiguous()}
    expected = model(**feeds).logits
    heads, head_size = graphs.causal_heads(model.config)
    for layer in range(model.config.num_hidden_layers):
        for kind in ("key", "value"):
            feeds[f"past_key_values.{layer}.{kind}"] = torch.zeros(2, heads, 0, head_size)
    return feeds, expected


@torch.no_grad()
def _encoder_case(model: PreTrainedModel) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    ids = torch.randint(0, model.config.vocab_size, (2, 9))
    mask = torch.ones_like(ids)
    mask[1, 6:] = 0
    feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}
    return feeds, model(**feeds).last_hidden_state


@torch.no_grad()
def _long_case(model: PreTrainedModel) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    length = 3 * max(model.config.attention_window) if model.config.model_type == "longformer" else 24
    ids = torch.randint(4, model.config.vocab_size, (2, length))
    feeds = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    return feeds, model(**feeds).last_hidden_state


@torch.no_grad()
def _image_case(model: PreTrainedModel) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    pixels = torch.rand(2, 3, model.config.image_size, model.config.image_size) * 2 - 1
    return {"pixel_values": pixels}, model(pixel_values=pixels).logits


def _compare_ids(model: PreTrainedModel, out: Path, rows: int = 8, max_new_tokens: int = 12) -> None:
    special = special_ids(model)
    translators: list[GraphTranslator | FusedTranslator] = [GraphTranslator(out, special)]
    if model.config.model_type in fused_families:
        translators.append(FusedTranslator(out, special))
    # The checkpoint's own settings (forced and forbidden tokens) belong to decoding; graphs are compared without them.
    own, model.generation_config = model.generation_config, GenerationConfig(
        decoder_start_token_id=special.start, eos_token_id=special.eos, pad_token_id=special.pad)
    for row in range(rows):
        ids = torch.randint(4, model.config.vocab_size, (2 + 3 * row,)).tolist() + [special.eos]
        expected, lead = hugging_face_greedy(model, ids, max_new_tokens)
        if lead > _TOLERANCE and any(translator.generate([ids], max_new_tokens)[0] != expected for translator in translators):
            raise AssertionError(f"the graphs give other ids than generate() for {ids}")
    model.generation_config = own


def _start(model: PreTrainedModel) -> int:
    start = model.generation_config.decoder_start_token_id
    return model.config.decoder_start_token_id if start is None else start


def special_ids(model: PreTrainedModel) -> SpecialIds:
    settings = model.generation_config
    return SpecialIds(start=_start(model), eos=_first(settings.eos_token_id), pad=settings.pad_token_id)


def _first(ids: int | list[int]) -> int:
    return ids[0] if isinstance(ids, list) else ids
