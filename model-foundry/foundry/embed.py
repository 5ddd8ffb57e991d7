"""Sentence vectors of an encoder package by onnxruntime: the reference for served embeddings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from foundry.greedy import open_session

PAIRS = [
    ("A cat sits on the mat.", "A kitten is lying on the rug."),
    ("How do I reset my password?", "I forgot my password and cannot log in."),
    ("The train leaves at noon.", "Departure of the train is at twelve o'clock."),
    ("Quantum computers use qubits.", "Heat the oven and grease the baking tin."),
]


def embed(folder: Path, texts: list[str]) -> list[dict]:
    """Mean over all tokens, normalized to length 1; one text a run, nothing truncated or padded."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    session = open_session(folder / "onnx" / "model.onnx", 1)
    cases = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = session.run(["last_hidden_state"], feeds)[0][0].astype(np.float64)
        mean = states.mean(0)
        vector = mean / np.linalg.norm(mean)
        cases.append({"text": text, "input_ids": ids[0].tolist(), "mean_pooled_normalized": [round(float(v), 6) for v in vector]})
    return cases


def write_golden_embeddings(model: Path, out: Path) -> None:
    texts = [text for pair in PAIRS for text in pair] + ["word " * 200]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(embed(model, texts), separators=(",", ":")) + "\n", encoding="utf-8")
