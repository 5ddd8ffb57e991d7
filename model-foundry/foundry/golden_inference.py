"""One request of the Open Inference Protocol for a package's graph, and what onnxruntime in Python answers it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from foundry.greedy import open_session

ROWS = 2
TOKENS = 9
DATATYPES = {"tensor(float)": ("FP32", np.float32), "tensor(int64)": ("INT64", np.int64)}


def _tensor(name: str, kind: type, dims: list, size: int, vocabulary: int, random: np.random.Generator) -> np.ndarray:
    """Values of the kind that the name promises; the second text is shorter, the second picture is padded."""
    if name == "pixel_values":
        return random.normal(size=(ROWS, 3, size, size)).round(3).astype(kind)
    if name == "pixel_mask":
        mask = np.ones((ROWS, size, size), dtype=kind)
        mask[1:, :, size - size // 4:] = 0
        return mask
    shape = (ROWS, TOKENS)
    if name == "input_ids":
        return random.integers(1, vocabulary, shape).astype(kind)
    if name == "attention_mask":
        mask = np.ones(shape, dtype=kind)
        mask[1:, TOKENS - 3:] = 0
        return mask
    if name == "token_type_ids":
        return np.zeros(shape, dtype=kind)
    raise ValueError(f"no values are known for input {name} {dims}")


def _written(name: str, values: np.ndarray, datatype: str) -> dict:
    """Digits enough to give the same float32 again."""
    flat = values.reshape(-1).tolist()
    data = [float(f"{value:.9g}") for value in flat] if datatype == "FP32" else flat
    return {"name": name, "shape": list(values.shape), "datatype": datatype, "data": data}


def write_golden_inference(model: Path, out: Path, size: int) -> None:
    """@size: edge of pictures; ignored for texts"""
    session = open_session(model / "onnx" / "model.onnx", 1)
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    random = np.random.default_rng(7)
    feeds, inputs = {}, []
    for node in session.get_inputs():
        datatype, kind = DATATYPES[node.type]
        values = _tensor(node.name, kind, node.shape, size, config.get("vocab_size", 100), random)
        feeds[node.name] = values
        inputs.append(_written(node.name, values, datatype))
    names = [node.name for node in session.get_outputs()]
    outputs = [_written(name, values, "FP32") for name, values in zip(names, session.run(names, feeds))]
    out.parent.mkdir(parents=True, exist_ok=True)
    golden = {"request": {"id": "golden", "inputs": inputs}, "outputs": outputs}
    out.write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")
