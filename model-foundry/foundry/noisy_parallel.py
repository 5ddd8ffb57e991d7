"""Noisy parallel decoding (Gu et al. 2018): outputs of a CTC prefix beam, the best as the autoregressive decoder sees them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from foundry.export import SPECIAL
from foundry.greedy import open_session, padded
from foundry.student_decoding import ENCODER, CtcTranslator, SourceEncoder
from foundry.vocabulary import PAD


class OutputScorer:
    """The plain decoder over whole outputs, without a cache: the reference that served scores are compared with."""

    def __init__(self, package: Path, variant: str = "", threads: int = 2) -> None:
        self.encoder = SourceEncoder(package, f"{ENCODER}{variant}", threads)
        self.decoder = open_session(package / "onnx" / f"decoder_model{variant}.onnx", threads)

    def log_probs(self, source: list[int], outputs: list[list[int]]) -> list[float]:
        """Each output's log-probability, its end of sequence included."""
        ids, _ = padded([[SPECIAL.start, *output] for output in outputs], PAD)
        memory = {name: value.repeat(len(outputs), 0) for name, value in self.encoder([source]).items()}
        logits = self.decoder.run(["logits"], {"input_ids": ids} | memory)[0]
        logits -= logits.max(-1, keepdims=True)
        targets, _ = padded([[*output, SPECIAL.eos] for output in outputs], PAD)
        said = np.take_along_axis(logits, targets[..., None], -1)[..., 0]
        found = said - np.log(np.exp(logits, out=logits).sum(-1))
        return [float(found[row, : len(output) + 1].sum(dtype=np.float64)) for row, output in enumerate(outputs)]


class NoisyParallelTranslator:
    """The best of ``candidates`` outputs of a prefix beam, by log-probability per token."""

    def __init__(self, package: Path, variant: str, threads: int, candidates: int) -> None:
        self.drafter = CtcTranslator(package, variant, threads, served=True)
        self.scorer = OutputScorer(package, variant, threads)
        self.candidates = candidates

    def generate(self, rows: list[list[int]]) -> list[list[int]]:
        results = []
        for row, beam in zip(rows, self.drafter.beams(rows, self.candidates)):
            outputs = [draft.ids for draft in beam]
            scores = [score / (len(ids) + 1) for score, ids in zip(self.scorer.log_probs(row, outputs), outputs)]
            results.append(outputs[int(np.argmax(scores))])
        return results
