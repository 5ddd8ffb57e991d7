"""Exported graphs against PyTorch, and the arithmetic of the int8 graphs."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from foundry.bench_generate import generate
from foundry.convert import to_hugging_face
from foundry.export import SPECIAL, STEMS, hugging_face_greedy
from foundry.graphs import export_seq2seq
from foundry.greedy import GraphTranslator, open_session
from foundry.merge import merge
from foundry.model import ModelShape, Translator
from foundry.noisy_parallel import OutputScorer
from foundry.package_weights import load_package
from foundry.quantize import quantize_blockwise, store_weights_once

SHAPE = ModelShape(vocab_size=900, hidden_size=128, ffn_size=256, head_count=4, encoder_layers=2, decoder_layers=2, max_positions=64)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory):
    torch.manual_seed(4)
    weights = {name: value + 0.05 * torch.randn_like(value) for name, value in Translator(SHAPE).named_parameters()}
    model = to_hugging_face(SHAPE, weights)
    folder: Path = tmp_path_factory.mktemp("package")
    export_seq2seq(model, folder / "onnx")
    for stem in STEMS:
        quantize_blockwise(folder / "onnx" / f"{stem}.onnx", folder / "onnx" / f"{stem}_quantized.onnx")
    store_weights_once([folder / "onnx" / f"{stem}.onnx" for stem in STEMS], "model.onnx_data")
    return folder, model


def rows(count: int, seed: int) -> list[list[int]]:
    rng = np.random.default_rng(seed)
    return [rng.integers(4, 900, rng.integers(1, 30)).tolist() + [2] for _ in range(count)]


@pytest.mark.parametrize("seed", range(3))
def test_cached_uncached_and_batched_ids_equal_hugging_face(package, seed: int) -> None:
    folder, model = package
    translator = GraphTranslator(folder, SPECIAL, threads=1)
    sources = rows(6, seed)
    together = translator.generate(sources, 12)
    for source, batched in zip(sources, together):
        expected, lead = hugging_face_greedy(model, source, 12)
        if lead < 1e-4:
            continue
        assert translator.generate([source], 12)[0] == expected
        assert translator.generate_uncached(source, 12) == expected
        assert batched == expected


@pytest.mark.parametrize("seed", range(3))
@torch.no_grad()
def test_a_whole_outputs_score_is_hugging_faces(package, seed: int) -> None:
    folder, model = package
    source = rows(1, seed)[0]
    outputs = [row[:-1] for row in rows(5, seed + 10)] + [[]]
    scores = OutputScorer(folder, threads=1).log_probs(source, outputs)
    for output, score in zip(outputs, scores):
        labels = torch.tensor([[*output, SPECIAL.eos]])
        loss = model(input_ids=torch.tensor([source]), labels=labels).loss
        assert score == pytest.approx(-float(loss) * labels.shape[1], abs=1e-3)


def test_a_packages_weights_are_those_it_was_exported_from(package) -> None:
    folder, model = package
    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    loaded = load_package(folder)
    for name, value in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value), name
    sources = rows(5, 9)
    _, outputs = generate(loaded, sources, 2, 12)
    for source, output in zip(sources, outputs):
        expected, lead = hugging_face_greedy(model, source, 12)
        assert output == expected or lead < 1e-4


def test_int8_rows_do_not_depend_on_their_batch(package) -> None:
    folder, _ = package
    translator = GraphTranslator(folder, SPECIAL, "_quantized", threads=1)
    sources = rows(8, 5)
    together, _ = translator.encode(sources)
    for i, source in enumerate(sources):
        alone, _ = translator.encode([source])
        assert np.abs(alone[0] - together[i, : len(source)]).max() < 1e-4


def test_int8_stays_close_to_fp32(package) -> None:
    folder, _ = package
    sources = rows(4, 6)
    plain, _ = GraphTranslator(folder, SPECIAL, threads=1).encode(sources)
    small, _ = GraphTranslator(folder, SPECIAL, "_quantized", threads=1).encode(sources)
    assert np.abs(plain - small).max() < 0.2


def test_weights_are_stored_once(package) -> None:
    folder, _ = package
    parameters = sum(value.numel() for value in Translator(SHAPE).parameters())
    stored = (folder / "onnx" / "model.onnx_data").stat().st_size
    positions = 4 * (SHAPE.max_positions + 2) * SHAPE.hidden_size
    # Padding to whole pages costs at most a page per tensor.
    assert stored < 4 * parameters + positions + 4096 * 60


def test_decoder_is_causal(package) -> None:
    folder, _ = package
    session = open_session(folder / "onnx" / "decoder_model.onnx", 1)
    feeds = {"encoder_attention_mask": np.ones((1, 4), np.int64), "encoder_hidden_states": np.ones((1, 4, 128), np.float32)}
    first = session.run(["logits"], feeds | {"input_ids": np.array([[2, 7, 8, 9]])})[0]
    second = session.run(["logits"], feeds | {"input_ids": np.array([[2, 7, 8, 50]])})[0]
    assert np.allclose(first[:, :3], second[:, :3], atol=1e-6)
    assert not np.allclose(first[:, 3], second[:, 3], atol=1e-3)


def test_merged_decoder_equals_the_two_it_was_made_from(package, tmp_path: Path) -> None:
    folder, _ = package
    translator = GraphTranslator(folder, SPECIAL, threads=1)
    stems = [folder / "onnx" / f"{stem}.onnx" for stem in ("decoder_model", "decoder_with_past_model")]
    path = tmp_path / "decoder_model_merged.onnx"
    onnx.save(merge(*(onnx.load(str(stem)) for stem in stems)), str(path))
    merged = open_session(path, 1)
    states, mask = translator.encode(rows(3, 7))
    first = {"encoder_attention_mask": mask, "input_ids": np.full((3, 1), 2), "encoder_hidden_states": states}
    expected = dict(zip(translator.first_names, translator.first.run(None, first)))
    empty = {name: np.zeros((3, 4, 1, 32), np.float32) for name in translator.past_names}
    actual = merged.run(translator.first_names, first | empty | {"use_cache_branch": np.array([False])})
    assert all(np.allclose(one, other, atol=1e-5) for one, other in zip(expected.values(), actual))
    past = {name: expected[name.replace("past_key_values", "present")] for name in translator.past_names}
    later = {"encoder_attention_mask": mask, "input_ids": np.full((3, 1), 9)} | past
    expected_later = translator.later.run(None, later)
    unread = {"encoder_hidden_states": np.zeros_like(states), "use_cache_branch": np.array([True])}
    actual = merged.run(translator.later_names, later | unread)
    assert all(np.allclose(one, other, atol=1e-5) for one, other in zip(expected_later, actual))
