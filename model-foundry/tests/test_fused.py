"""Fused graphs against Hugging Face, and the independence of int8 rows."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    M2M100Config,
    M2M100ForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    MBartConfig,
    MBartForConditionalGeneration,
)

from foundry.convert import to_hugging_face
from foundry.export import SPECIAL, hugging_face_greedy
from foundry.export_fused import write_fused, write_fused_int8
from foundry.fused import ENCODER, FAMILIES
from foundry.fused_greedy import FusedTranslator
from foundry.fused_verify import VERIFIER
from foundry.graph_builder import INT8
from foundry.greedy import open_session
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


def _family(kind: str):
    """A random model of each fused family."""
    shape = dict(vocab_size=200, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
                 decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48, max_position_embeddings=64,
                 pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2, attn_implementation="eager")
    torch.manual_seed(8)
    model = {
        "m2m_100": lambda: M2M100ForConditionalGeneration(M2M100Config(**shape)),
        "marian": lambda: MarianMTModel(MarianConfig(**shape)),
        "bart": lambda: BartForConditionalGeneration(BartConfig(**shape)),
        "mbart": lambda: MBartForConditionalGeneration(MBartConfig(**shape)),
    }[kind]().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


@pytest.mark.parametrize("kind", FAMILIES)
@torch.no_grad()
def test_a_verifying_pass_sees_what_hugging_face_sees_behind_pasts_of_different_lengths(kind: str, tmp_path: Path) -> None:
    model = _family(kind)
    write_fused(model, tmp_path, verifier=True)
    encoder, verifier = (open_session(tmp_path / f"{stem}.onnx", 1) for stem in (ENCODER, VERIFIER))
    rng = np.random.default_rng(3)
    sources, pasts, drafts = [7, 3, 5], [0, 6, 2], [4, 2, 3]
    source = np.full((3, 7), 1)
    targets = [np.append(2, rng.integers(4, 200, past + draft)) for past, draft in zip(pasts, drafts)]
    for row, length in enumerate(sources):
        source[row, :length] = rng.integers(4, 200, length)
    mask = (np.arange(7) < np.array(sources)[:, None]).astype(np.int64)
    names = [output.name for output in encoder.get_outputs()]
    encoded = dict(zip(names, encoder.run(None, {"input_ids": source, "attention_mask": mask})))
    caches = {put.name: np.full((3, 4, 12, 8), 7.0, np.float32) for put in verifier.get_inputs() if ".decoder." in put.name}
    cross = {name.replace("present", "past_key_values"): value for name, value in encoded.items() if name.startswith("present")}
    outputs = [output.name for output in verifier.get_outputs()]

    def verify(ids: np.ndarray, past: list[int]) -> dict[str, np.ndarray]:
        feeds = {"input_ids": ids, "past_lengths": np.array(past, np.int32), "source_lengths": np.array(sources, np.int32)}
        result = dict(zip(outputs, verifier.run(None, feeds | caches | cross)))
        caches.update({name: result[name.replace("past_key_values", "present")] for name in caches})
        return result

    # Rows get their past in one pass, the shorter ones padded; then each goes on from where it really is.
    first = np.full((3, max(pasts)), 1)
    for row, past in enumerate(pasts):
        first[row, :past] = targets[row][:past]
    verify(first, [0, 0, 0])
    draft = np.full((3, max(drafts)), 1)
    for row, (past, length) in enumerate(zip(pasts, drafts)):
        draft[row, :length] = targets[row][past : past + length]
    result = verify(draft, pasts)
    for row, (past, length) in enumerate(zip(pasts, drafts)):
        ids = torch.from_numpy(source[row : row + 1, : sources[row]])
        whole = model(input_ids=ids, decoder_input_ids=torch.from_numpy(targets[row][None, : past + length])).logits[0, past:]
        assert np.allclose(result["logits"][row, :length], whole.numpy(), atol=1e-4)
        best = whole.log_softmax(-1).topk(2)
        assert result["best_ids"][row, :length].tolist() == best.indices[:, 0].tolist()
        assert np.allclose(result["best_log_probs"][row, :length], best.values[:, 0], atol=1e-4)
        assert np.allclose(result["best_margins"][row, :length], best.values[:, 0] - best.values[:, 1], atol=1e-4)
