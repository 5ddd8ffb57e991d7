"""What MiniLM says about the documents: states of every token, a vector for each document and for each title.

Written once to a folder of arrays and read from there by every training, so that all of them learn from the same tokens.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from tokenizers import Tokenizer

from foundry.greedy import open_session
from foundry.long_inputs.documents import Document

log = logging.getLogger("foundry.teacher")

CHUNK = 254
WIDTH = 384
CLS, SEP = 101, 102


class Teacher:
    """A sentence encoder that reads 256 tokens, by onnxruntime."""

    def __init__(self, package: Path, threads: int = 1) -> None:
        self.tokenizer = Tokenizer.from_file(str(package / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.session = open_session(package / "onnx" / "model.onnx", threads)

    def tokens(self, text: str) -> list[int]:
        """Ids without the special ones."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def states(self, rows: list[list[int]]) -> np.ndarray:
        """``[rows, length + 2, 384]`` of rows of one length, special tokens put around them."""
        ids = np.array([[CLS, *row, SEP] for row in rows], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        return self.session.run(["last_hidden_state"], feeds)[0]

    def chunk_states(self, ids: list[int], size: int = CHUNK) -> list[np.ndarray]:
        """States of each chunk of a text, the last one shorter."""
        chunks = [ids[start : start + size] for start in range(0, len(ids), size)] or [[]]
        return [self.states([chunk])[0] for chunk in chunks]


def chunks_vector(states: list[np.ndarray]) -> np.ndarray:
    """The mean over the normalized means of the chunks, normalized."""
    return unit(np.mean([unit(chunk.mean(0)) for chunk in states], axis=0))


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(np.linalg.norm(vector), 1e-12)


def token_vectors(package: Path) -> np.ndarray:
    """The teacher's word embeddings ``[vocabulary, 384]``, from its graph, quantized or not."""
    graph = onnx.load(str(package / "onnx" / "model.onnx")).graph
    values = {tensor.name: tensor for tensor in graph.initializer}
    name = next(name for name in values if "word_embeddings" in name and not name.endswith(("_scale", "_zero_point")))
    value = numpy_helper.to_array(values[name])
    if value.dtype in (np.int8, np.uint8):
        base = name.removesuffix("_quantized")
        scale, zero = (numpy_helper.to_array(values[base + end]) for end in ("_scale", "_zero_point"))
        return (value.astype(np.float32) - zero) * scale
    return value.astype(np.float32)


@dataclass(frozen=True)
class Lessons:
    """``ids`` ``[tokens]`` and ``states`` ``[tokens, 384]`` of all bodies one behind the other, ``starts`` where each begins and
    the last ends; ``vectors`` and ``title_vectors`` ``[documents, 384]``; ``titles`` their ids."""

    ids: np.ndarray
    states: np.ndarray
    starts: np.ndarray
    vectors: np.ndarray
    title_vectors: np.ndarray
    titles: list[list[int]]

    def __len__(self) -> int:
        return len(self.titles)

    @staticmethod
    def read(folder: Path) -> Lessons:
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("ids", "states", "starts", "vectors", "title_vectors")}
        return Lessons(**arrays, titles=json.loads((folder / "titles.json").read_text()))


def write_lessons(documents: list[Document], package: Path, out: Path, tokens_each: int, minutes: float) -> None:
    """Asks the teacher about documents, the first ``tokens_each`` tokens of each, until the minutes are over."""
    teacher, started = Teacher(package), time.monotonic()
    ids, states, starts, vectors, title_vectors, titles = [], [], [0], [], [], []
    for document in documents:
        if time.monotonic() - started > 60 * minutes:
            break
        body, title = teacher.tokens(document.body)[:tokens_each], teacher.tokens(document.title)[:CHUNK]
        chunks = teacher.chunk_states(body)
        ids += body
        states.append(np.concatenate([chunk[1:-1] for chunk in chunks]).astype(np.float16))
        starts.append(len(ids))
        vectors.append(chunks_vector(chunks))
        titles.append(title)
        title_vectors.append(unit(teacher.states([title])[0].mean(0)))
        if len(titles) % 200 == 0:
            log.info("%d documents, %d tokens, %.0f tok/s", len(titles), len(ids), len(ids) / (time.monotonic() - started))
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "ids.npy", np.array(ids, dtype=np.int32))
    np.save(out / "states.npy", np.concatenate(states))
    np.save(out / "starts.npy", np.array(starts, dtype=np.int64))
    np.save(out / "vectors.npy", np.stack(vectors).astype(np.float32))
    np.save(out / "title_vectors.npy", np.stack(title_vectors).astype(np.float32))
    (out / "titles.json").write_text(json.dumps(titles))
