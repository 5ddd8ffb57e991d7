"""Graphs of the long encoders, what they cost and how they are scored."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from foundry.long_inputs.costs import slope
from foundry.long_inputs.documents import Document
from foundry.long_inputs.encoder import KINDS, LongEncoder, LongShape, start_from
from foundry.long_inputs.export import EMBEDDINGS, largest_difference, load_encoder, write_graph
from foundry.long_inputs.page import write_page
from foundry.long_inputs.retrieval import ranks_of, scores_of, write_documents

LENGTHS = (1, 7, 32, 65, 200)


def shape(kind):
    return LongShape(attention=kind, vocab_size=3200, hidden_size=32, ffn_size=64, head_count=2, layers=2, embedding_size=24,
                     window=16, block=8, rank=16, features=32)


@pytest.fixture(scope="module")
def trained():
    torch.manual_seed(5)
    return LongEncoder(shape("full"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_graph_is_pytorch_at_every_length_alone_and_padded(kind, trained, tmp_path):
    model = LongEncoder(shape(kind))
    start_from(model, trained.state_dict())
    path = tmp_path / "model.onnx"
    write_graph(load_encoder(model.shape, model.state_dict()), path)
    assert largest_difference(path, load_encoder(model.shape, model.state_dict()), LENGTHS) < 1e-4
    graph = onnx.load(str(path), load_external_data=False).graph
    large = [t for t in graph.initializer if np.prod(t.dims) > 512 and t.data_type == onnx.TensorProto.FLOAT]
    # What is drawn for Performer and BigBird is no weight; tables of scales are small.
    assert {tuple(t.dims) for t in large} <= {(3200, 1), (512, 3), (16, 32)}
    assert (tmp_path / EMBEDDINGS).stat().st_size == 3200 * 32
    assert ("MultiHeadAttention" in {node.op_type for node in graph.node}) == (kind == "full")


def test_encoders_of_one_training_share_the_file_of_embeddings(trained, tmp_path):
    for kind in ("full", "performer"):
        model = LongEncoder(shape(kind))
        start_from(model, trained.state_dict())
        write_graph(load_encoder(model.shape, model.state_dict()), tmp_path / kind / "model.onnx")
    assert (tmp_path / "full" / EMBEDDINGS).read_bytes() == (tmp_path / "performer" / EMBEDDINGS).read_bytes()


def test_ranks_count_ties_against_the_document_and_scores_stop_at_ten():
    ranks = ranks_of(np.array([[3.0, 1, 1], [1, 1, 0], [2, 1, 0]]))
    assert ranks.tolist() == [1, 2, 3]
    assert scores_of(np.array([1, 2, 11, 4])) == {"mrr@10": round((1 + 1 / 2 + 1 / 4) / 4, 4), "recall@10": 0.75}


def test_documents_for_a_search_by_words_are_json_by_line(tmp_path):
    documents = [Document("a", "Größe", 'says "ja"\nand more'), Document("b", "t", "text")]
    write_documents(documents, tmp_path / "held-out.jsonl")
    read = [json.loads(line) for line in (tmp_path / "held-out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert read == [{"name": d.name, "title": d.title, "body": d.body} for d in documents]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured on Linux")
def test_the_matrix_of_scores_shows_in_the_memory_measured(tmp_path):
    grown = {}
    for kind in ("full_plain", "longformer"):
        sizes = LongShape(attention=kind, hidden_size=16, ffn_size=32, head_count=2, layers=1, embedding_size=8)
        write_graph(LongEncoder(sizes).eval(), tmp_path / kind / "model.onnx")
        code = f"print(measure(Path('{tmp_path / kind / 'model.onnx'}'), 3072, 1, 0.001)['megabytes'])"
        command = [sys.executable, "-c", f"from pathlib import Path; from foundry.long_inputs.costs import measure; {code}"]
        grown[kind] = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    # Two heads' scores of 3,072 tokens are 72 MB.
    assert grown["full_plain"] > 65 and grown["longformer"] < 45, grown


def test_slopes_are_powers_of_the_length_and_the_page_has_every_figure(tmp_path):
    lengths = (512, 1024, 2048, 4096, 8192, 16384)
    costs = {kind: [{"length": n, "seconds": (n / 1e4) ** power, "megabytes": n / 100} for n in lengths]
             for kind, power in (("full", 2), ("full_plain", 2), ("longformer", 1), ("bigbird", 1), ("linformer", 1), ("performer", 1))}
    assert (slope(costs["full"], "seconds"), slope(costs["longformer"], "seconds")) == (2.0, 1.0)
    retrieval = {"full": {"mrr@10": 0.8, "recall@10": 0.9, "documents": 7}, "longformer": {"mrr@10": 0.79, "recall@10": 0.91},
                 "BM25": {"mrr@10": 0.7, "recall@10": 0.75, "engine": "Lucene 10"}}
    write_page(costs, retrieval, "a test", 2, tmp_path / "attention.md")
    text = (tmp_path / "attention.md").read_text()
    assert "| Longformer | 0.051 | 0.102 | 0.205 | 0.410 | 0.819 | 1.638 | 1.00 |" in text
    assert "-1.0 points from full attention" in text and "| BM25 (Lucene 10) | 70.0 | 75.0 |" in text and "among 7 held-out" in text
    assert json.loads((tmp_path / "attention" / "figures.json").read_text())["costs"]["full"][0]["length"] == 512
    assert (tmp_path / "attention" / "seconds.svg").stat().st_size > 1000
