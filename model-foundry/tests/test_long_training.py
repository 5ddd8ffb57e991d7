"""Documents, their held-out part, and trainings of long encoders on lessons made up for the test."""

import gzip
import json

import numpy as np
import pytest
import torch

from foundry.long_inputs.documents import read_documents, split_documents
from foundry.long_inputs.encoder import LongEncoder, LongShape, start_from
from foundry.long_inputs.teacher import CHUNK, WIDTH, Lessons, chunks_vector
from foundry.long_inputs.train import LongOptions, LongTraining, batches, spans


def write_corpus(path, documents):
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        for name, segments in documents.items():
            for segment in segments:
                lines.write(f"{segment}\tx\t{name}\n")


def test_segments_of_a_document_are_joined_in_order_and_short_titles_grow(tmp_path):
    write_corpus(tmp_path / "a.gz", {
        "man:ls": ["ls - list directory contents", "List information.", "Sort entries."],
        "help:x": ["Copying", "How to copy a file.", "Press the key."],
        "mo_ui:y": ["Open the file now", "Close it", "Save it"],
    })
    first, second = read_documents([tmp_path / "a.gz"], 2)
    assert (first.title, first.body) == ("ls - list directory contents", "List information. Sort entries.")
    assert second.title == "Copying How to copy a file."
    assert read_documents([tmp_path / "a.gz"], 4) == [first]


def test_what_resembles_a_held_out_document_is_not_trained_on(tmp_path):
    words = np.random.default_rng(0).integers(0, 5000, (200, 40))
    corpus = {f"man:{i}": [f"title number {i} here", " ".join(f"w{word}" for word in row)] for i, row in enumerate(words)}
    write_corpus(tmp_path / "a.gz", corpus)
    documents = read_documents([tmp_path / "a.gz"], 1)
    training, held = split_documents(documents)
    assert 8 <= len(held) <= 35 and len(training) + len(held) == 200
    corpus["man:copy"] = ["a title of its own", corpus[held[0].name][1]]
    write_corpus(tmp_path / "a.gz", corpus)
    training, again = split_documents(read_documents([tmp_path / "a.gz"], 1))
    assert "man:copy" not in {document.name for document in training + again}


def test_a_document_is_the_mean_over_the_directions_of_its_chunks():
    vector = chunks_vector([np.full((7, 2), [3.0, 0.0]), np.full((1, 2), [0.0, 10.0])])
    np.testing.assert_allclose(vector, [0.5**0.5, 0.5**0.5])


@pytest.fixture(scope="module")
def lessons(tmp_path_factory):
    """Documents of one topic each; the teacher's state of a token is that of its topic."""
    folder, generator = tmp_path_factory.mktemp("lessons"), np.random.default_rng(3)
    topics = generator.normal(size=(24, WIDTH)).astype(np.float32)
    topics /= np.linalg.norm(topics, axis=1, keepdims=True)
    lengths = generator.integers(20, 300, 24)
    ids = np.concatenate([generator.integers(110 + 4 * i, 114 + 4 * i, length) for i, length in enumerate(lengths)])
    np.save(folder / "ids.npy", ids.astype(np.int32))
    np.save(folder / "states.npy", np.repeat(topics, lengths, axis=0).astype(np.float16))
    np.save(folder / "starts.npy", np.concatenate([[0], np.cumsum(lengths)]))
    np.save(folder / "vectors.npy", topics)
    np.save(folder / "title_vectors.npy", topics)
    (folder / "titles.json").write_text(json.dumps([[110 + 4 * i, 111 + 4 * i] for i in range(24)]))
    return folder


def shape(kind):
    return LongShape(attention=kind, vocab_size=256, hidden_size=32, ffn_size=64, head_count=2, layers=1, window=32, block=16, rank=16,
                     features=32)


def test_every_token_is_in_one_span_and_no_batch_is_too_large(lessons):
    read = Lessons.read(lessons)
    found = spans(read, range(24), False)
    assert sum(map(len, found)) == len(read.ids) and max(map(len, found)) <= CHUNK
    made = batches(found, 600, np.random.default_rng(1))
    assert sorted(sum(made, []), key=str) == sorted(found, key=str)
    assert all(len(batch) * (max(map(len, batch)) + 2) <= 600 for batch in made)


def test_the_chunks_are_learned_and_each_attention_goes_on_from_them(lessons, tmp_path):
    first = LongTraining(LongOptions(lessons, tmp_path / "shared", 60, rate=5e-3, tokens=1500), shape("full"))
    before = None
    for _ in range(25):
        first.train_step(0)
        before = before or dict(first.recent)
    assert first.recent["states"] < 0.9 * before["states"]
    first.save(30.0)
    for kind in ("longformer", "linformer"):
        options = LongOptions(lessons, tmp_path / kind, 60, attention=kind, documents=True, start=tmp_path / "shared" / "checkpoint.pt")
        training = LongTraining(options, shape(kind))
        shared = first.model.token_embedding.weight.detach()
        for _ in range(3):
            training.train_step(0)
        assert torch.equal(training.model.token_embedding.weight, shared)
        assert "MRR" in training.evaluate()


def test_a_training_resumes_where_it_was(lessons, tmp_path):
    options = LongOptions(lessons, tmp_path, 60, tokens=1500)
    training = LongTraining(options, shape("full"))
    training.train_step(0)
    training.save(12.0)
    again = LongTraining(LongOptions(lessons, tmp_path, 60, tokens=1500, resume=True), shape("full"))
    assert (again.step, again.elapsed_before, again.tokens_seen) == (1, 12.0, training.tokens_seen)
    for own, other in zip(training.model.parameters(), again.model.parameters()):
        assert torch.equal(own, other)


def test_the_global_projections_start_as_the_local_ones():
    exact, model = LongEncoder(shape("full")), LongEncoder(shape("longformer"))
    start_from(model, exact.state_dict())
    attention = model.layers[0].self_attention
    assert torch.equal(attention.global_packed.weight, attention.packed.weight)
