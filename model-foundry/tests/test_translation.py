"""What a translation training stands on: filters, vocabulary, buckets, masks, the loss and the way to Hugging Face."""

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from foundry.batching import PoolBatches, bucket, mixture
from foundry.convert import to_hugging_face, to_translator
from foundry.corpus import Pair, pools, rejection
from foundry.evaluate import has_repetition
from foundry.fixture_texts import SENTENCES
from foundry.losses import projected_cross_entropy
from foundry.model import ModelShape, Translator, collate, padding_mask
from foundry.optim import MasterOptimizer, orthogonalize
from foundry.vocabulary import EOS, PAD, train_tokenizer

TINY = ModelShape(vocab_size=60, hidden_size=32, ffn_size=64, head_count=4, encoder_layers=2, decoder_layers=2, max_positions=64)


def trained_weights(seed: int = 3) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return {name: value + 0.05 * torch.randn_like(value) for name, value in Translator(TINY).named_parameters()}


@pytest.mark.parametrize("text", ["Hello  world, don't use %s or {name} in 2026.", "Ünïcode 漢字 😀", "a\tb \n c", "ends with space ", "<b>x</b>"])
def test_any_text_survives_the_vocabulary(text: str) -> None:
    tokenizer = train_tokenizer(SENTENCES * 3, 400)
    encoded = tokenizer.encode(text)
    assert encoded.ids[-1] == EOS
    assert tokenizer.decode(encoded.ids) == text


def test_vocabulary_has_the_size_asked_for_and_no_unknown() -> None:
    tokenizer = train_tokenizer(SENTENCES * 3, 400)
    assert tokenizer.get_vocab_size() == 400
    assert tokenizer.token_to_id("<unk>") not in tokenizer.encode("ξ ж 漢 \x07").ids


@pytest.mark.parametrize(
    ("source", "target", "fault"),
    [
        ("The printer is out of paper.", "Der Drucker hat kein Papier mehr.", None),
        ("one two three four", "one two three four", "identical"),
        ("The printer is out of paper.", "Der Drucker hat kein Papier mehr", "sentence end"),
        ("It has 5 rows in it.", "Es hat 7 Zeilen darin.", "numbers"),
        ("12 + 4 = 16 / 2", "12 + 4 = 16 : 2", "non-alphabetic"),
        ("open the door", "Ã¶ffnen Sie die TÃ¼r", "mojibake"),
        ("for the user", "fr den Benutzer", "eaten umlaut"),
        ("yes", "Ein sehr langer Satz, der gewiss keine Übersetzung ist.", "length ratio"),
    ],
)
def test_faulty_pairs_are_named(source: str, target: str, fault: str | None) -> None:
    assert rejection(Pair(source, target, "man:x")) == fault


def test_held_out_documents_and_duplicates_stay_out() -> None:
    pair = Pair("The printer is out of paper.", "Der Drucker hat kein Papier mehr.", "man:a")
    other = Pair("Open the file and save a copy.", "Datei öffnen und eine Kopie speichern.", "man:b")
    found, faults = pools([pair, pair, other], frozenset({"man:b"}))
    assert found.text == [pair]
    assert faults == {"duplicate": 1, "held out": 1}


def random_pairs(count: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = random.Random(seed)
    return [tuple(np.full(rng.randint(1, 40), i % 50 + 4) for _ in range(2)) for i in range(count)]  # type: ignore[misc]


@pytest.mark.parametrize("seed", range(5))
def test_buckets_hold_every_pair_once_within_the_budget(seed: int) -> None:
    pairs = random_pairs(300, seed)
    batches = bucket(pairs, 200, random.Random(seed))
    assert sorted(id(pair) for batch in batches for pair in batch) == sorted(map(id, pairs))
    for batch in batches:
        assert len(batch) * max(max(len(left), len(right)) for left, right in batch) <= 200


def test_mixture_keeps_the_shares() -> None:
    rng = random.Random(1)
    named = {name: PoolBatches(random_pairs(50, i), 100, rng) for i, name in enumerate(("text", "interface"))}
    named["dictionary"] = PoolBatches([], 100, rng)
    draws = mixture(named, {"text": 0.8, "interface": 0.2, "dictionary": 0.5}, rng)
    seen = [next(draws) for _ in range(400)]
    texts = {id(pair) for pair in named["text"].pairs}
    assert 0.7 < sum(id(batch[0]) in texts for batch in seen) / 400 < 0.9


def test_padding_changes_nothing() -> None:
    model = to_translator(TINY, trained_weights())
    short, long = np.arange(5, 11), np.arange(5, 25)
    alone, together = collate([(short, short)]), collate([(short, short), (long, long)])
    with torch.no_grad():
        memory, mask = model.encode(alone.source, alone.lengths)
        expected = model.decode(alone.decoder_input, memory, mask)[0]
        memory, mask = model.encode(together.source, together.lengths)
        got = model.decode(together.decoder_input, memory, mask)[0, : len(short)]
    assert padding_mask(alone.lengths, 6, torch.float32) is None
    assert torch.allclose(expected, got, atol=1e-5)


def test_decoder_input_is_the_label_moved_behind_the_start() -> None:
    batch = collate([(np.array([5, EOS]), np.array([7, 8, EOS])), (np.array([5, EOS]), np.array([9, EOS]))])
    assert batch.decoder_input.tolist() == [[EOS, 7, 8], [EOS, 9, EOS]]
    assert batch.labels.tolist() == [[7, 8, EOS], [9, EOS, PAD]]


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_blockwise_loss_equals_pytorchs_with_its_gradients(smoothing: float) -> None:
    torch.manual_seed(0)
    states, weight = torch.randn(700, 16, requires_grad=True), torch.randn(90, 16, requires_grad=True)
    wanted = torch.randint(0, 90, (700,))
    ours = projected_cross_entropy(states, weight, wanted, smoothing)
    theirs = F.cross_entropy(states @ weight.T, wanted, label_smoothing=smoothing)
    assert torch.allclose(ours, theirs, atol=1e-5)
    for left, right in zip(torch.autograd.grad(ours, (states, weight)), torch.autograd.grad(theirs, (states, weight))):
        assert torch.allclose(left, right, atol=1e-6)


def test_same_logits_as_hugging_face() -> None:
    weights = trained_weights()
    own, theirs = to_translator(TINY, weights), to_hugging_face(TINY, weights)
    batch = collate([(np.arange(5, 15), np.arange(6, 12)), (np.arange(5, 10), np.arange(6, 9))])
    mask = (batch.source != PAD).long()
    with torch.no_grad():
        memory, padding = own.encode(batch.source, batch.lengths)
        got = own.decode(batch.decoder_input, memory, padding) @ own.embedding.weight.T
        expected = theirs(input_ids=batch.source, attention_mask=mask, decoder_input_ids=batch.decoder_input).logits
    real = batch.labels != PAD
    assert torch.allclose(got[real], expected[real], atol=1e-4)


@pytest.mark.parametrize("shape", [(32, 32), (64, 16), (16, 64)])
def test_orthogonalized_matrices_have_even_singular_values(shape: tuple[int, int]) -> None:
    torch.manual_seed(1)
    values = torch.linalg.svdvals(orthogonalize(torch.randn(2, *shape)).float())
    assert float(values.min()) > 0.5 and float(values.max()) < 1.4


def test_a_few_steps_lower_the_loss_and_resume_goes_on_from_the_state() -> None:
    torch.manual_seed(2)
    model = Translator(TINY).bfloat16()
    optimizer = MasterOptimizer(model)
    batch = collate([(np.arange(5, 15), np.arange(6, 12))] * 4)
    losses = []
    for _ in range(12):
        loss = model.loss(batch, 0.0)
        losses.append(float(loss.detach()))
        loss.backward()
        optimizer.step(5e-3)
    assert losses[-1] < losses[0] / 2
    again = Translator(TINY).bfloat16()
    resumed = MasterOptimizer(again)
    resumed.load_state_dict(optimizer.state_dict())
    with torch.no_grad():
        assert float(again.loss(batch, 0.0)) == float(model.loss(batch, 0.0))


def test_repetition_is_noticed() -> None:
    assert has_repetition("das das das Haus") and has_repetition("in der in der in der Stadt")
    assert not has_repetition("das Haus, das das Kind sah")


def test_packed_checkpoint_can_be_resumed_from(tmp_path: Path) -> None:
    from foundry.checkpoint import pack, unpack

    model = Translator(TINY).bfloat16()
    optimizer = MasterOptimizer(model)
    model.loss(collate([(np.arange(5, 15), np.arange(6, 12))]), 0.1).backward()
    optimizer.step(1e-3)
    training = tmp_path / "training"
    training.mkdir()
    state = {"shape": TINY.as_dict(), "step": 1, "elapsed": 60.0, "tokens": 6, "options": {}, "optimizer": optimizer.state_dict()}
    torch.save(state, training / "checkpoint.pt")
    (training / "tokenizer.json").write_text("{}")
    pack(training, tmp_path / "packed")
    unpack(tmp_path / "packed", tmp_path / "again", finished=True)
    loaded = torch.load(tmp_path / "again" / "checkpoint.pt", weights_only=True)
    resumed = MasterOptimizer(Translator(TINY).bfloat16())
    resumed.load_state_dict(loaded["optimizer"])
    assert loaded["elapsed"] == 0.0
    for left, right in zip(resumed.masters, optimizer.masters):
        assert torch.allclose(left, right, rtol=1e-2, atol=1e-3)
