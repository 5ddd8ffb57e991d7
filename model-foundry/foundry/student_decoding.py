"""Non-autoregressive decoding over exported graphs: the reference that served ids are compared with."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foundry.ctc import collapse
from foundry.graph_builder import INT8
from foundry.greedy import open_session, padded
from foundry.mask_predict import Candidate, best_candidate, length_candidates, refine
from foundry.vocabulary import PAD

ENCODER = "encoder_model"


class SourceEncoder:
    def __init__(self, package: Path, stem: str, threads: int) -> None:
        self.session = open_session(package / "onnx" / f"{stem}.onnx", threads)

    def __call__(self, rows: list[list[int]]) -> dict[str, np.ndarray]:
        """The two inputs that every student's graph takes."""
        ids, mask = padded(rows, PAD)
        states = self.session.run(["last_hidden_state"], {"input_ids": ids, "attention_mask": mask})[0]
        return {"encoder_hidden_states": states, "encoder_attention_mask": mask}


def decoder_settings(package: Path, name: str) -> dict:
    decoders = json.loads((package / "triptych.json").read_text(encoding="utf-8"))["decoders"]
    if name not in decoders:
        raise ValueError(f"{package} has no {name} decoder, it has {sorted(decoders)}")
    return decoders[name]


@dataclass(frozen=True)
class Draft:
    """Collapsed ids without end-of-sequence, and the log-probability of the best path."""

    ids: list[int]
    score: float


class CtcTranslator:
    """The CTC graph over its encoder: the float32 ones, or those that the package serves ``ctc`` from."""

    def __init__(self, package: Path, variant: str = "", threads: int = 2, served: bool = False) -> None:
        settings = decoder_settings(package, "ctc")
        self.blank, self.upsampling = settings["blank"], settings["upsampling"]
        stem = settings["graphs"][0] if served else settings["graphs"][0].removesuffix(INT8)
        encoder = settings.get("encoder", ENCODER) if served else ENCODER
        self.encoder = SourceEncoder(package, f"{encoder}{variant}", threads)
        self.session = open_session(package / "onnx" / f"{stem}{variant}.onnx", threads)

    def drafts(self, rows: list[list[int]]) -> list[Draft]:
        ids, scores = self.session.run(["best_ids", "best_log_probs"], self.encoder(rows))
        return [Draft(collapse(path.tolist(), self.blank), float(score)) for path, score in zip(ids, scores.sum(1))]

    def generate(self, rows: list[list[int]]) -> list[list[int]]:
        return [draft.ids for draft in self.drafts(rows)]

    def log_probs(self, rows: list[list[int]]) -> list[np.ndarray]:
        """Log-probabilities ``[frames, vocab]`` of each row."""
        logits = self.session.run(["logits"], self.encoder(rows))[0].astype(np.float64)
        logits -= logits.max(-1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(-1, keepdims=True))
        return [frames[: self.upsampling * len(row)] for row, frames in zip(rows, logits)]

    def beam(self, log_probs: np.ndarray, width: int) -> list[Draft]:
        """The ``width`` likeliest outputs of a row, the best by log-probability per token first."""
        return sorted(prefix_beam(log_probs, self.blank, width), key=lambda draft: -draft.score / max(1, len(draft.ids)))

    def beams(self, rows: list[list[int]], width: int) -> list[list[Draft]]:
        """The same of many rows."""
        return [self.beam(frames, width) for frames in self.log_probs(rows)]


def prefix_beam(log_probs: np.ndarray, blank: int, width: int, tokens: int = 6) -> list[Draft]:
    """Prefix beam search (Graves and Jaitly 2014) over ``[frames, vocab]``, the likeliest ``tokens`` of each frame.

    Each prefix has two sums of paths: those that end in a blank and those that end in its last token.
    """
    likely = np.argpartition(-log_probs, tokens, -1)[:, :tokens]
    scores = np.take_along_axis(log_probs, likely, -1)
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -math.inf)}
    for ids, values in zip(likely.tolist(), scores.tolist()):
        grown: dict[tuple[int, ...], list[float]] = {}

        def add(prefix: tuple[int, ...], place: int, score: float) -> None:
            if score > -math.inf:
                sums = grown.setdefault(prefix, [-math.inf, -math.inf])
                sums[place] = _log_add(sums[place], score)

        for prefix, (blanks, labels) in beams.items():
            both = _log_add(blanks, labels)
            for token, value in zip(ids, values):
                if token == blank:
                    add(prefix, 0, both + value)
                elif prefix and token == prefix[-1]:
                    add(prefix, 1, labels + value)
                    add((*prefix, token), 1, blanks + value)
                else:
                    add((*prefix, token), 1, both + value)
        ranked = sorted(grown.items(), key=lambda item: -_log_add(*item[1]))[:width]
        beams = {prefix: (sums[0], sums[1]) for prefix, sums in ranked}
    return [Draft(list(prefix), _log_add(*sums)) for prefix, sums in beams.items()]


def _log_add(one: float, other: float) -> float:
    high, low = max(one, other), min(one, other)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


class MaskPredictTranslator:
    """Mask-predict over its two graphs; each row with the likeliest lengths side by side."""

    def __init__(self, package: Path, variant: str = "", threads: int = 2, iterations: int | None = None,
                 candidates: int | None = None) -> None:
        settings = decoder_settings(package, "mask-predict")
        self.mask = settings["mask"]
        self.iterations = iterations or settings["iterations"]
        self.candidates = candidates or settings["length_candidates"]
        self.encoder = SourceEncoder(package, f"{ENCODER}{variant}", threads)
        decoder, length = (package / "onnx" / f"{name}{variant}.onnx" for name in settings["graphs"])
        self.decoder, self.length = open_session(decoder, threads), open_session(length, threads)

    def fill(self, ids: np.ndarray, real: np.ndarray, memory: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """The best ids and their log-probabilities, ``[rows, length]`` both, for rows with masks in them."""
        best, scores = self.decoder.run(["best_ids", "best_log_probs"], {"input_ids": ids, "attention_mask": real} | memory)
        return best, scores

    def candidates_of(self, rows: list[list[int]]) -> list[list[Candidate]]:
        """The refined candidates of each row, the likeliest length first."""
        memory = self.encoder(rows)
        logits = self.length.run(["length_logits"], memory)[0]
        lengths = [length_candidates(row, self.candidates) for row in logits]
        owners = np.repeat(np.arange(len(rows)), [len(row) for row in lengths])
        repeated = {name: value[owners] for name, value in memory.items()}

        def fill(ids: np.ndarray, real: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return self.fill(ids, real, repeated)

        flat = iter(refine(fill, [length for row in lengths for length in row], self.iterations, self.mask, PAD))
        return [[next(flat) for _ in row] for row in lengths]

    def generate(self, rows: list[list[int]]) -> list[list[int]]:
        return [best_candidate(candidates).ids for candidates in self.candidates_of(rows)]
