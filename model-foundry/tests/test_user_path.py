"""From a user's own text or checkpoint to a package: training, export of every supported family, the same bytes twice."""

import json
import math
import sys
import warnings
from pathlib import Path

import onnx
import pytest
import sentencepiece
import torch
from onnx import TensorProto
from transformers import (
    BartConfig, BartForConditionalGeneration, BertConfig, BertModel, DeiTConfig, DeiTForImageClassification, GPT2Config, GPT2LMHeadModel,
    LlamaConfig, LlamaForCausalLM, MarianConfig, MarianMTModel, MarianTokenizer, PreTrainedModel, Qwen3Config, Qwen3ForCausalLM, RobertaConfig, RobertaModel,
    SegformerConfig, SegformerForSemanticSegmentation, T5Config, T5ForConditionalGeneration, ViTConfig, ViTForImageClassification,
    YolosConfig, YolosForObjectDetection,
)

from foundry import __main__ as commands
from foundry.corpus import Pair, read_pairs
from foundry.export import digests
from foundry.fixture_texts import SENTENCES
from foundry.hold_out import hold_out
from foundry.marian_tokenizer import marian_tokenizer
from foundry.vocabulary import train_tokenizer

TEXT = {"vocab_size": 400, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
SEQ2SEQ = {"vocab_size": 400, "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
           "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": 64, "pad_token_id": 1, "eos_token_id": 2,
           "decoder_start_token_id": 2, "forced_eos_token_id": 2}
PICTURE = {"image_size": 16, "patch_size": 8, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}

MODELS = {
    "bart": lambda: BartForConditionalGeneration(BartConfig(**SEQ2SEQ, bos_token_id=0)),
    "bert": lambda: BertModel(BertConfig(**TEXT)),
    "deit": lambda: DeiTForImageClassification(DeiTConfig(**PICTURE)),
    "gpt2": lambda: GPT2LMHeadModel(GPT2Config(vocab_size=400, n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=0)),
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**TEXT, num_key_value_heads=2)),
    "marian": lambda: MarianMTModel(MarianConfig(**SEQ2SEQ)),
    "qwen3": lambda: Qwen3ForCausalLM(Qwen3Config(**TEXT, num_key_value_heads=2, head_dim=16)),
    "t5": lambda: T5ForConditionalGeneration(T5Config(vocab_size=400, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4,
                                                      pad_token_id=0, eos_token_id=1, decoder_start_token_id=0)),
    "segformer": lambda: SegformerForSemanticSegmentation(SegformerConfig(
        depths=[1, 1, 1, 1], hidden_sizes=[8, 16, 24, 32], num_attention_heads=[1, 2, 3, 4], decoder_hidden_size=32, num_labels=5)),
    "vit": lambda: ViTForImageClassification(ViTConfig(**PICTURE)),
    "yolos": lambda: YolosForObjectDetection(YolosConfig(**(PICTURE | {"image_size": [32, 48]}), num_detection_tokens=7, num_labels=3)),
}


def foundry(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["foundry", "--threads", "1", *map(str, arguments)])
    commands.main()


def checkpoint(model: PreTrainedModel, folder: Path) -> Path:
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.3)
    model.save_pretrained(folder)
    train_tokenizer(SENTENCES * 3, 300).save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text('{"image_processor_type": "ViTImageProcessor"}')
    return folder


@pytest.mark.parametrize("family", ["bart", "bert", "llama", "marian", "segformer", "t5", "vit", "yolos"])
def test_half_precision_stays_within_two_percent_of_pytorch(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The export itself fails where a float16 graph and PyTorch disagree by more.
    source = checkpoint(MODELS[family](), tmp_path / "source")
    foundry(monkeypatch, "export", "--from", source, "--out", tmp_path / "package", "--pair", "en-de", "--fp16")
    graphs = tmp_path / "package" / "onnx"
    halves = sorted(graphs.glob("*_fp16.onnx"))
    assert halves
    for path in halves:
        half, whole = onnx.load(str(path)), onnx.load(str(graphs / path.name.replace("_fp16", "")))
        weights = [tensor for tensor in half.graph.initializer if tensor.data_type == TensorProto.FLOAT16]
        assert sum(math.prod(tensor.dims) for tensor in weights) > 1000
        for mine, theirs in zip([*half.graph.input, *half.graph.output], [*whole.graph.input, *whole.graph.output]):
            assert mine.name == theirs.name and mine.type.tensor_type.elem_type == theirs.type.tensor_type.elem_type


@pytest.mark.parametrize("family", MODELS)
def test_a_checkpoint_becomes_a_package_that_gives_what_pytorch_gives(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The export itself fails where graph and PyTorch disagree.
    source = checkpoint(MODELS[family](), tmp_path / "source")
    foundry(monkeypatch, "export", "--from", source, "--out", tmp_path / "package", "--pair", "en-de", "--licence", "MIT")
    manifest = json.loads((tmp_path / "package" / "triptych.json").read_text())
    assert manifest["licence"] == "MIT" and "provenance" not in manifest
    assert manifest["sha256"] == digests(tmp_path / "package")
    assert ("source" in manifest) == (manifest["task"] == "translation")


def test_exporting_twice_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = checkpoint(MODELS["marian"](), tmp_path / "source")
    for name in ("one", "two"):
        foundry(monkeypatch, "export", "--from", source, "--out", tmp_path / name, "--pair", "en-de", "--int8")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert (tmp_path / "one" / "triptych.json").read_bytes() == (tmp_path / "two" / "triptych.json").read_bytes()


def test_marian_checkpoints_get_the_one_tokenizer_file_they_come_without(tmp_path: Path) -> None:
    for side, texts in (("source", SENTENCES[0::2]), ("target", SENTENCES[1::2])):
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(texts * 4), model_prefix=str(tmp_path / side), vocab_size=90,
                                                 hard_vocab_limit=False, minloglevel=2)
        (tmp_path / f"{side}.model").rename(tmp_path / f"{side}.spm")
    models = [sentencepiece.SentencePieceProcessor(str(tmp_path / f"{side}.spm")) for side in ("source", "target")]
    pieces = dict.fromkeys(["</s>", "<unk>"] + [model.id_to_piece(i) for model in models for i in range(3, len(model))] + [">>de<<", "<pad>"])
    (tmp_path / "vocab.json").write_text(json.dumps({piece: i for i, piece in enumerate(pieces)}))
    own = marian_tokenizer(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = MarianTokenizer(str(tmp_path / "source.spm"), str(tmp_path / "target.spm"), str(tmp_path / "vocab.json"))
    for text in [*SENTENCES[0::2], "  Two  spaces, ﬁ and １２.", ">>de<< Open the file.", "漢 is unknown"]:
        assert own.encode(text).ids == theirs(text)["input_ids"], text
    german = theirs(text_target=SENTENCES[1])["input_ids"]
    assert own.decode(german) == theirs.decode(german, skip_special_tokens=True)


def test_what_cannot_be_exported_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = checkpoint(RobertaModel(RobertaConfig(**TEXT)), tmp_path / "roberta")
    with pytest.raises(SystemExit, match="'roberta'; the foundry exports bart, m2m_100"):
        foundry(monkeypatch, "export", "--from", other, "--out", tmp_path / "package")
    seq2seq = checkpoint(MODELS["marian"](), tmp_path / "marian")
    with pytest.raises(SystemExit, match="give --pair"):
        foundry(monkeypatch, "export", "--from", seq2seq, "--out", tmp_path / "package")
    with pytest.raises(SystemExit, match="neither a training"):
        foundry(monkeypatch, "export", "--from", tmp_path, "--out", tmp_path / "package")


def write_corpus(path: Path, documents: int) -> list[str]:
    things = "printer window button folder archive keyboard letter picture network password".split()
    dinge = "Drucker Fenster Knopf Ordner Archiv Tastatur Brief Bild Netz Kennwort".split()
    lines = []
    for i, (thing, ding) in enumerate(zip(things, dinge)):
        for j, (other, andere) in enumerate(zip(things, dinge)):
            document = f"\tmine:{(i + j) % documents}" if documents else ""
            lines.append(f"Move the {thing} number {i} {j} close to the {other}.\tRücken Sie {ding} Nummer {i} {j} an {andere}.{document}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lines


@pytest.mark.parametrize("documents", [0, 40])
def test_a_held_out_part_is_split_off_by_document_or_line(documents: int, tmp_path: Path) -> None:
    lines = write_corpus(tmp_path / "my.tsv", documents)
    train, dev = (list(read_pairs(path)) for path in hold_out(tmp_path / "my.tsv", tmp_path / "out", 7))
    assert 2 <= len(dev) <= 10 and not {pair.document for pair in train} & {pair.document for pair in dev}
    assert {f"{pair.source}\t{pair.target}" for pair in train + dev} <= {"\t".join(line.split("\t")[:2]) for line in lines}
    assert hold_out(tmp_path / "my.tsv", tmp_path / "out", 8)[1].read_bytes() == (tmp_path / "out" / "dev.tsv.gz").read_bytes()


def test_too_little_text_to_hold_any_out_is_said(tmp_path: Path) -> None:
    (tmp_path / "my.tsv").write_text("one\teins\ntwo\tzwei\n")
    with pytest.raises(ValueError, match="too few to hold any out"):
        hold_out(tmp_path / "my.tsv", tmp_path / "out", 7)


def test_own_text_becomes_a_package_with_its_languages_twice_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path / "my.tsv", 0)
    training = tmp_path / "training"
    foundry(monkeypatch, "train", "--pair", "en-de", "--tsv", tmp_path / "my.tsv", "--out", training, "--max-steps", 3, "--hidden", 64,
            "--encoder-layers", 1, "--decoder-layers", 1, "--vocab", 8000, "--tokens", 400)
    for name in ("one", "two"):
        foundry(monkeypatch, "export", "--from", training, "--out", tmp_path / name)
    manifest = json.loads((tmp_path / "one" / "triptych.json").read_text())
    assert (manifest["source"], manifest["target"]) == ("en", "de")
    vocabulary = json.loads((tmp_path / "one" / "tokenizer.json").read_text())["model"]["vocab"]
    assert json.loads((tmp_path / "one" / "config.json").read_text())["vocab_size"] == len(vocabulary) < 8000
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert Pair(*"Move the printer number 0 0 close to the printer.|Rücken Sie Drucker Nummer 0 0 an Drucker.|line:1".split("|")) in [
        *read_pairs(training / "train.tsv.gz"), *read_pairs(training / "dev.tsv.gz")]
