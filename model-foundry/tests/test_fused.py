"""Fused graphs against Hugging Face, and the independence of int8 rows."""

from pathlib import Path

import numpy as np
import pytest
import torch

from foundry.convert import to_hugging_face
from foundry.export import SPECIAL, hugging_face_greedy
from foundry.export_fused import INT8, write_fused, write_fused_int8
from foundry.fused_greedy import FusedTranslator
from foundry.model import ModelShape, Translator

SHAPE = ModelShape(vocab_size=900, hidden_size=64, ffn_size=128, head_count=4, encoder_layers=2, decoder_layers=2, max_positions=64)


def rows(count: int, seed: int) -> list[list[int]]:
    rng = np.random.default_rng(seed)
    return [rng.integers(4, 900, rng.integers(1, 30)).tolist() + [2] for _ in range(count)]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory):
    torch.manual_seed(4)
    weights = {name: value + 0.05 * torch.randn_like(value) for name, value in Translator(SHAPE).named_parameters()}
    model = to_hugging_face(SHAPE, weights)
    folder: Path = tmp_path_factory.mktemp("fused")
    write_fused(model, folder / "onnx")
    write_fused_int8(model, folder / "onnx", SPECIAL, rows(20, 1))
    return folder, model


@pytest.mark.parametrize("seed", range(3))
def test_ids_equal_hugging_face_alone_and_beside_longer_and_shorter_rows(package, seed: int) -> None:
    folder, model = package
    translator = FusedTranslator(folder, SPECIAL, threads=1)
    sources = rows(6, seed)
    together = translator.generate(sources, 12)
    for source, batched in zip(sources, together):
        expected, lead = hugging_face_greedy(model, source, 12)
        if lead < 1e-4:
            continue
        assert translator.generate([source], 12)[0] == expected
        assert batched == expected


def test_int8_rows_do_not_depend_on_their_batch(package) -> None:
    folder, _ = package
    translator = FusedTranslator(folder, SPECIAL, INT8, threads=1)
    sources = rows(8, 5)
    assert translator.generate(sources, 12) == [translator.generate([source], 12)[0] for source in sources]


def test_int8_products_are_close_to_float32(package) -> None:
    folder, _ = package
    exact, small = (FusedTranslator(folder, SPECIAL, variant, threads=1) for variant in ("", INT8))
    feeds = {"input_ids": np.array(rows(1, 7)), "attention_mask": np.ones((1, len(rows(1, 7)[0])), np.int64)}
    expected, got = (translator.encoder.run(["last_hidden_state"], feeds)[0] for translator in (exact, small))
    assert np.abs(expected - got).max() < 0.1 * np.abs(expected).max()
    assert not np.array_equal(expected, got)
