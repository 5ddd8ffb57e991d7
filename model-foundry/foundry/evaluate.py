"""Scores a translation package on held-out pairs: BLEU and chrF by source and strategy."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sacrebleu

from foundry.corpus import Pair
from foundry.drafted_mask_predict import DraftedMaskPredictTranslator
from foundry.export import MAX_LENGTH, SPECIAL
from foundry.greedy import GraphTranslator
from foundry.noisy_parallel import NoisyParallelTranslator
from foundry.student_decoding import CtcTranslator, MaskPredictTranslator
from foundry.vocabulary import load_tokenizer


@dataclass(frozen=True)
class Score:
    pairs: int
    bleu: float
    chrf: float

    def as_dict(self) -> dict[str, float]:
        return {"pairs": self.pairs, "bleu": round(self.bleu, 2), "chrf": round(self.chrf, 2)}


# Ids of a batch and a budget of new tokens to ids without a start token.
Translate = Callable[[list[list[int]], int], list[list[int]]]


def open_strategy(package: Path, strategy: str, variant: str, threads: int = 2) -> Translate:
    """The strategies by name.

    ``ctc`` is the best path of the graphs that the package serves it from, ``ctc-fp32`` that of the float32 ones,
    ``ctc-beam-8`` a prefix beam 8 wide, ``ctc-best-of-8`` its output that the autoregressive decoder finds likeliest;
    ``mask-predict-10`` takes 10 iterations from masks, ``mask-predict`` the package's; ``mask-predict-from-4`` revises 4 drafts of the
    prefix beam in one pass, and the autoregressive decoder chooses: three passes with the draft and the choice.
    """
    if strategy == "greedy":
        return GraphTranslator(package, SPECIAL, variant, threads).generate
    if strategy in ("ctc", "ctc-fp32"):
        ctc = CtcTranslator(package, variant, threads, served=strategy == "ctc")
        return lambda rows, budget: ctc.generate(rows)
    width = re.fullmatch(r"ctc-beam-([1-9][0-9]*)", strategy)
    if width is not None:
        beam = CtcTranslator(package, variant, threads, served=True)
        return lambda rows, budget: [drafts[0].ids for drafts in beam.beams(rows, int(width[1]))]
    candidates = re.fullmatch(r"ctc-best-of-([1-9][0-9]*)", strategy)
    if candidates is not None:
        chosen = NoisyParallelTranslator(package, variant, threads, int(candidates[1]))
        return lambda rows, budget: chosen.generate(rows)
    drafts = re.fullmatch(r"mask-predict-from-([1-9][0-9]*)", strategy)
    if drafts is not None:
        revised = DraftedMaskPredictTranslator(package, variant, threads, int(drafts[1]))
        return lambda rows, budget: revised.generate(rows)
    iterations = re.fullmatch(r"mask-predict(?:-([1-9][0-9]*))?", strategy)
    if iterations is None:
        raise ValueError(f"no strategy {strategy!r}: greedy, ctc, ctc-fp32, ctc-beam-WIDTH, ctc-best-of-CANDIDATES, mask-predict, "
                         "mask-predict-ITERATIONS or mask-predict-from-DRAFTS")
    refined = MaskPredictTranslator(package, variant, threads, int(iterations[1]) if iterations[1] else None)
    return lambda rows, budget: refined.generate(rows)


def translate(package: Path, texts: list[str], strategy: str, variant: str, batch_tokens: int = 2048, threads: int = 2) -> list[str]:
    """Translations in the order of ``texts``; batches are cut from the texts sorted by length."""
    tokenizer = load_tokenizer(package)
    generate = open_strategy(package, strategy, variant, threads)
    encoded = [tokenizer.encode(text).ids for text in texts]
    order = sorted(range(len(texts)), key=lambda i: len(encoded[i]))
    results = [""] * len(texts)
    at = 0
    while at < len(order):
        size = max(1, batch_tokens // len(encoded[order[min(at + 63, len(order) - 1)]]))
        rows = order[at : at + min(size, 64)]
        # Twice the source and ten more is far beyond any sane translation, and bounds the loops of a bad one.
        budget = min(MAX_LENGTH, 2 * len(encoded[rows[-1]]) + 10)
        for row, ids in zip(rows, generate([encoded[i] for i in rows], budget)):
            results[row] = tokenizer.decode(ids, skip_special_tokens=True)
        at += len(rows)
    return results


def score(hypotheses: list[str], references: list[str]) -> Score:
    bleu = sacrebleu.corpus_bleu(hypotheses, [references]).score
    return Score(len(references), bleu, sacrebleu.corpus_chrf(hypotheses, [references]).score)


def has_repetition(text: str) -> bool:
    """Whether a word or a pair of words stands three times in a row."""
    words = text.split()
    triples = any(words[i] == words[i + 1] == words[i + 2] for i in range(len(words) - 2))
    return triples or any(words[i : i + 2] == words[i + 2 : i + 4] == words[i + 4 : i + 6] for i in range(len(words) - 5))


def evaluate(package: Path, pairs: list[Pair], strategy: str, variant: str) -> tuple[dict, list[str]]:
    """Scores by source and overall, with and without the free dialogue of ``wesnoth``; also the translations."""
    started = time.monotonic()
    hypotheses = translate(package, [pair.source for pair in pairs], strategy, variant)
    seconds = time.monotonic() - started
    groups: dict[str, list[int]] = defaultdict(list)
    for i, pair in enumerate(pairs):
        groups[pair.origin].append(i)
        groups["all"].append(i)
        if pair.origin != "wesnoth":
            groups["all without wesnoth"].append(i)
    result: dict = {
        name: score([hypotheses[i] for i in rows], [pairs[i].target for i in rows]).as_dict() for name, rows in sorted(groups.items())
    }
    result["faults"] = {
        "repetition": sum(map(has_repetition, hypotheses)),
        "copied": sum(h == p.source and len(p.source.split()) > 3 and h != p.target for h, p in zip(hypotheses, pairs)),
        "empty": sum(not h for h in hypotheses),
    }
    result["seconds"] = round(seconds, 1)
    return result, hypotheses
