"""Finishes the CTC decoder of a package on training pairs: the weight of its blank, then int8 products."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from foundry.corpus import Pair
from foundry.ctc import collapse
from foundry.evaluate import score
from foundry.export import digests, write_json
from foundry.export_students import write_ctc_int8
from foundry.student_decoding import CtcTranslator
from foundry.vocabulary import load_tokenizer

BIAS = "student.bias"
STEPS = tuple(round(0.2 * step, 1) for step in range(11))


def blank_margins(translator: CtcTranslator, rows: list[list[int]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each row, frame by frame: the best token but the blank, and by how much the blank's logit is above it."""
    found = []
    for row in rows:
        logits = translator.session.run(["logits"], translator.encoder([row]))[0][0]
        blanks = logits[:, translator.blank].copy()
        logits[:, translator.blank] = -np.inf
        tokens = logits.argmax(-1)
        found.append((tokens, blanks - np.take_along_axis(logits, tokens[:, None], -1)[:, 0]))
    return found


def best_path(tokens: np.ndarray, margin: np.ndarray, less: float, blank: int) -> list[int]:
    """The collapsed best path when the blank's logit is lower by ``less``."""
    return collapse(np.where(margin > less, blank, tokens).tolist(), blank)


def calibrate_ctc(package: Path, pairs: list[Pair]) -> dict[float, float]:
    """Lowers the blank's bias as far as BLEU rises on ``pairs``, then writes the int8 graph; returns BLEU by how much lower the blank was.

    The best path drops a token wherever no single frame is sure of it, so as trained its outputs are too short.
    """
    tokenizer = load_tokenizer(package)
    rows = [tokenizer.encode(pair.source).ids for pair in pairs]
    translator = CtcTranslator(package)
    margins = blank_margins(translator, rows)
    scores = {}
    for less in STEPS:
        outputs = [best_path(tokens, margin, less, translator.blank) for tokens, margin in margins]
        texts = [tokenizer.decode(ids, skip_special_tokens=True) for ids in outputs]
        scores[less] = round(score(texts, [pair.target for pair in pairs]).bleu, 2)
    _lower(package / "onnx" / "ctc_model.onnx", translator.blank, max(scores, key=lambda less: scores[less]))
    manifest = json.loads((package / "triptych.json").read_text(encoding="utf-8"))
    write_ctc_int8(package / "onnx", manifest["decoders"], rows, package / "onnx")
    write_json(package / "triptych.json", manifest | {"sha256": digests(package)})
    return scores


def _lower(path: Path, blank: int, less: float) -> None:
    model = onnx.load(str(path), load_external_data=False)
    bias = next(tensor for tensor in model.graph.initializer if tensor.name == BIAS)
    values = numpy_helper.to_array(bias, str(path.parent)).copy()
    values[blank] -= less
    bias.CopyFrom(numpy_helper.from_array(values, BIAS))
    onnx.save(model, str(path))
