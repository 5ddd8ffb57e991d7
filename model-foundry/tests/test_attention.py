"""The graph of cross-attention against Hugging Face's ``output_attentions``, for each family that names its attention."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from transformers import (
    BartConfig, BartForConditionalGeneration, M2M100Config, M2M100ForConditionalGeneration, MarianConfig, MarianMTModel, T5Config,
    T5ForConditionalGeneration,
)

from foundry.attention import add_attention, write_attention
from foundry.attention_fixtures import golden_attention
from foundry.graphs import export_seq2seq
from foundry.greedy import open_session
from foundry.quantize import store_weights_once

SIZES = {"vocab_size": 60, "d_model": 16, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2,
         "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "max_position_embeddings": 32,
         "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2, "forced_eos_token_id": None}
MODELS = {
    "m2m_100": lambda: M2M100ForConditionalGeneration(M2M100Config(attn_implementation="eager", **SIZES)),
    "marian": lambda: MarianMTModel(MarianConfig(attn_implementation="eager", **SIZES)),
    "bart": lambda: BartForConditionalGeneration(BartConfig(attn_implementation="eager", **SIZES)),
    "t5": lambda: T5ForConditionalGeneration(T5Config(
        attn_implementation="eager", vocab_size=60, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_decoder_layers=2, num_heads=2,
        pad_token_id=0, eos_token_id=1, decoder_start_token_id=0)),
}


@pytest.mark.parametrize("family", list(MODELS))
def test_weights_equal_hugging_faces(family: str, tmp_path: Path) -> None:
    torch.manual_seed(3)
    model = MODELS[family]().eval()
    export_seq2seq(model, tmp_path)
    stems = ("encoder_model", "decoder_model", "decoder_with_past_model")
    store_weights_once([tmp_path / f"{stem}.onnx" for stem in stems], "model.onnx_data", smallest=256)
    before = (tmp_path / "model.onnx_data").read_bytes()
    session = open_session(write_attention(tmp_path))
    assert (tmp_path / "model.onnx_data").read_bytes() == before
    for case in golden_attention(model, 5):
        ids = np.array([case["source_ids"]])
        read = np.array([[model.config.decoder_start_token_id, *case["target_ids"][:-1]]])
        got = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "decoder_input_ids": read})
        assert np.abs(np.concatenate(got) - np.array(case["attention"])).max() < 1e-5


def test_a_decoder_that_does_not_name_its_attention_is_refused(tmp_path: Path) -> None:
    export_seq2seq(MODELS["bart"]().eval(), tmp_path)
    decoder = onnx.load(str(tmp_path / "decoder_model.onnx"))
    for number, node in enumerate(decoder.graph.node):
        node.name = f"node_{number}"
    onnx.save(decoder, str(tmp_path / "decoder_model.onnx"))
    with pytest.raises(ValueError, match="under a name of cross-attention"):
        write_attention(tmp_path)
    assert not (tmp_path / "attention_model.onnx").exists()


def test_the_manifest_lists_the_graph_and_keeps_what_it_had(tmp_path: Path) -> None:
    export_seq2seq(MODELS["bart"]().eval(), tmp_path / "onnx")
    (tmp_path / "triptych.json").write_text('{"task": "translation", "sha256": {"onnx/z.onnx": "00"}}')
    path = add_attention(tmp_path)
    listed = json.loads((tmp_path / "triptych.json").read_text())["sha256"]
    assert listed == {"onnx/attention_model.onnx": hashlib.sha256(path.read_bytes()).hexdigest(), "onnx/z.onnx": "00"}
