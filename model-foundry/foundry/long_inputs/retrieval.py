"""Finding held-out documents by their titles: the long encoders, and MiniLM by chunks. Lucene's BM25 reads the same documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from foundry.greedy import open_session
from foundry.long_inputs.documents import Document
from foundry.long_inputs.teacher import Teacher, chunks_vector, unit

DEPTH = 10


def scores_of(ranks: np.ndarray) -> dict[str, float]:
    """MRR@10 and recall@10 of the right documents' ranks, which count from 1."""
    near = ranks <= DEPTH
    return {"mrr@10": round(float(np.where(near, 1 / ranks, 0).mean()), 4), "recall@10": round(float(near.mean()), 4)}


def ranks_of(similarities: np.ndarray) -> np.ndarray:
    """The rank of each query's own document in ``[queries, documents]``; a tie counts against it."""
    own = similarities.diagonal()[:, None]
    return (similarities >= own).sum(1)


def embedder(package: Path, threads: int) -> Callable[[str], np.ndarray]:
    """A package's vector of a text, cut at what the model reads, as the service gives it."""
    session = open_session(package / "onnx" / "model.onnx", threads)
    tokenizer = Tokenizer.from_file(str(package / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(8192)

    def embed(text: str) -> np.ndarray:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        return unit(session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0].mean(0))

    return embed


def by_one_pass(package: Path, documents: list[Document], threads: int) -> dict[str, float]:
    embed = embedder(package, threads)
    titles = np.stack([embed(document.title) for document in documents])
    bodies = np.stack([embed(document.body) for document in documents])
    return scores_of(ranks_of(titles @ bodies.T))


def by_chunks(package: Path, documents: list[Document], threads: int) -> dict[str, dict[str, float]]:
    """The teacher: a document as the mean of its chunks' vectors, and as its best chunk."""
    teacher = Teacher(package, threads)
    titles = np.stack([chunks_vector(teacher.chunk_states(teacher.tokens(document.title))) for document in documents])
    chunks = [teacher.chunk_states(teacher.tokens(document.body)[:8190]) for document in documents]
    means = np.stack([chunks_vector(states) for states in chunks])
    best = np.stack([(titles @ np.stack([unit(chunk.mean(0)) for chunk in states]).T).max(1) for states in chunks], axis=1)
    return {"mean of chunks": scores_of(ranks_of(titles @ means.T)), "best chunk": scores_of(ranks_of(best))}


def write_documents(documents: list[Document], out: Path) -> None:
    """Name, title and body as JSON by line, for ``./triptych bench bm25``."""
    lines = (json.dumps({"name": d.name, "title": d.title, "body": d.body}, ensure_ascii=False) for d in documents)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
