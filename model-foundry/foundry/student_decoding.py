"""Non-autoregressive decoding over exported graphs: the reference that served ids are compared with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foundry.ctc import collapse
from foundry.greedy import open_session, padded
from foundry.mask_predict import Candidate, best_candidate, length_candidates, refine
from foundry.vocabulary import PAD


class SourceEncoder:
    def __init__(self, package: Path, variant: str, threads: int) -> None:
        self.session = open_session(package / "onnx" / f"encoder_model{variant}.onnx", threads)

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
    """Best path of the CTC graph, collapsed."""

    def __init__(self, package: Path, variant: str = "", threads: int = 2) -> None:
        settings = decoder_settings(package, "ctc")
        self.blank = settings["blank"]
        self.encoder = SourceEncoder(package, variant, threads)
        self.session = open_session(package / "onnx" / f"{settings['graphs'][0]}{variant}.onnx", threads)

    def drafts(self, rows: list[list[int]]) -> list[Draft]:
        ids, scores = self.session.run(["best_ids", "best_log_probs"], self.encoder(rows))
        return [Draft(collapse(path.tolist(), self.blank), float(score)) for path, score in zip(ids, scores.sum(1))]

    def generate(self, rows: list[list[int]]) -> list[list[int]]:
        return [draft.ids for draft in self.drafts(rows)]


class MaskPredictTranslator:
    """Mask-predict over its two graphs; each row with the likeliest lengths side by side."""

    def __init__(self, package: Path, variant: str = "", threads: int = 2, iterations: int | None = None,
                 candidates: int | None = None) -> None:
        settings = decoder_settings(package, "mask-predict")
        self.mask = settings["mask"]
        self.iterations = iterations or settings["iterations"]
        self.candidates = candidates or settings["length_candidates"]
        self.encoder = SourceEncoder(package, variant, threads)
        decoder, length = (package / "onnx" / f"{name}{variant}.onnx" for name in settings["graphs"])
        self.decoder, self.length = open_session(decoder, threads), open_session(length, threads)

    def candidates_of(self, rows: list[list[int]]) -> list[list[Candidate]]:
        """The refined candidates of each row, the likeliest length first."""
        memory = self.encoder(rows)
        logits = self.length.run(["length_logits"], memory)[0]
        lengths = [length_candidates(row, self.candidates) for row in logits]
        owners = np.repeat(np.arange(len(rows)), [len(row) for row in lengths])
        repeated = {name: value[owners] for name, value in memory.items()}

        def fill(ids: np.ndarray, real: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            best, scores = self.decoder.run(["best_ids", "best_log_probs"], {"input_ids": ids, "attention_mask": real} | repeated)
            return best, scores

        flat = iter(refine(fill, [length for row in lengths for length in row], self.iterations, self.mask, PAD))
        return [[next(flat) for _ in row] for row in lengths]

    def generate(self, rows: list[list[int]]) -> list[list[int]]:
        return [best_candidate(candidates).ids for candidates in self.candidates_of(rows)]
