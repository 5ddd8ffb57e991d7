"""Adds the non-autoregressive students of a training to a model package, checks them and writes golden outputs."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from foundry.convert import average_snapshots, averaged, to_translator
from foundry.ctc import collapse
from foundry.fused import ENCODER as FUSED_ENCODER
from foundry.graph_builder import INT8
from foundry.greedy import open_session
from foundry.mask_predict import best_candidate
from foundry.model import Translator, collate
from foundry.quantize import quantize_products, write_probe
from foundry.student_decoding import CtcTranslator, MaskPredictTranslator
from foundry.student_graphs import export_ctc, export_length, export_mask_predict
from foundry.students import BLANK, MASK, CtcDecoder, CtcShape, MaskPredictShape, MaskPredictStudent, copy_places
from foundry.vocabulary import load_tokenizer

log = logging.getLogger("foundry.export_students")


@dataclass(frozen=True)
class Students:
    """A training's translation model, averaged, and those students that it has."""

    model: Translator
    ctc: CtcDecoder | None
    mask_predict: MaskPredictStudent | None


def load_students(training: Path, average: int) -> Students:
    """Averages the last snapshots of each part, fp32, in eval mode."""
    trained = average_snapshots(training, average)
    ctc, mask_predict = None, None
    found = averaged(training, "ctc-weights", average)
    if found is not None:
        ctc = CtcDecoder(trained.shape, CtcShape(**found[1]["student_shape"])).eval()
        ctc.load_state_dict(found[0])
    found = averaged(training, "mask-predict-weights", average)
    if found is not None:
        if found[1]["encoder_step"] != trained.steps:
            raise ValueError(f"mask-predict was trained over step {found[1]['encoder_step']}, the encoder is at {trained.steps}")
        mask_predict = MaskPredictStudent(trained.shape, MaskPredictShape(**found[1]["student_shape"])).eval()
        mask_predict.load_state_dict(found[0])
    return Students(to_translator(trained.shape, trained.weights), ctc, mask_predict)


def export_students(students: Students, folder: Path) -> dict[str, dict]:
    """Writes the graphs into ``folder``; returns what ``triptych.json`` says of them."""
    embedding = students.model.embedding.weight.detach()
    decoders: dict[str, dict] = {}
    if students.ctc is not None:
        export_ctc(students.ctc, embedding, folder / "ctc_model.onnx")
        decoders["ctc"] = {"graphs": ["ctc_model"], "upsampling": students.ctc.shape.upsampling, "blank": BLANK}
    if students.mask_predict is not None:
        export_mask_predict(students.mask_predict.decoder, embedding, folder / "mask_predict_model.onnx")
        export_length(students.mask_predict.length, folder / "length_model.onnx")
        decoders["mask-predict"] = {"graphs": ["mask_predict_model", "length_model"], "mask": MASK, "iterations": 4,
                                    "length_candidates": 3}
    return decoders


def write_ctc_int8(folder: Path, decoders: dict[str, dict], rows: list[list[int]], out: Path) -> None:
    """Writes ``ctc_model_int8`` into ``out`` from the graphs in ``folder``; its scales come from the sources ``rows``.

    Changes ``decoders`` so that ``ctc`` is served from it, over the int8 encoder.
    """
    encoder = open_session(folder / "encoder_model.onnx")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        probe = Path(scratch) / "probe.onnx"
        names = write_probe(folder / "ctc_model.onnx", probe)
        session = open_session(probe)
        largest = np.zeros(len(names))
        for row in rows:
            ids = np.array([row])
            mask = np.ones_like(ids)
            states = encoder.run(["last_hidden_state"], {"input_ids": ids, "attention_mask": mask})[0]
            feeds = {"encoder_hidden_states": states, "encoder_attention_mask": mask}
            largest = np.maximum(largest, session.run(names, feeds))
    quantize_products(folder / "ctc_model.onnx", out / f"ctc_model{INT8}.onnx", dict(zip(names, largest.tolist())))
    decoders["ctc"] |= {"graphs": [f"ctc_model{INT8}"], "encoder": f"{FUSED_ENCODER}{INT8}"}


@torch.no_grad()
def check_students(package: Path, students: Students, texts: list[str]) -> dict[str, float]:
    """Runs each text through graphs and modules; gives the largest differences and how many outputs are equal."""
    tokenizer = load_tokenizer(package)
    embedding = students.model.embedding.weight
    result: dict[str, float] = {"texts": len(texts)}

    def note(name: str, ours: Tensor, theirs: np.ndarray) -> None:
        result[name] = max(result.get(name, 0.0), float(np.abs(ours.numpy() - theirs).max()))

    ctc = CtcTranslator(package) if students.ctc is not None else None
    mask_predict = MaskPredictTranslator(package) if students.mask_predict is not None else None
    for text in texts:
        row = tokenizer.encode(text).ids
        batch = collate([(np.array(row), np.array(row))])
        memory, _ = students.model.encode(batch.source, batch.lengths)
        if ctc is not None and students.ctc is not None:
            states, _ = students.ctc(memory, batch.lengths)
            ours = states @ embedding.T + students.ctc.bias
            logits, ids = ctc.session.run(["logits", "best_ids"], ctc.encoder([row]))
            note("ctc largest difference", ours, logits)
            same = collapse(ours[0].argmax(-1).tolist(), BLANK) == collapse(ids[0].tolist(), BLANK)
            result["ctc equal outputs"] = result.get("ctc equal outputs", 0) + same
        if mask_predict is not None and students.mask_predict is not None:
            feeds = mask_predict.encoder([row])
            lengths = students.mask_predict.length(memory, torch.ones(memory.shape[:2]))
            note("length largest difference", lengths, mask_predict.length.run(None, feeds)[0])
            target = torch.full((1, max(1, int(lengths.argmax()))), MASK)
            target[0, ::3] = memory.shape[1]
            places = copy_places(torch.tensor([target.shape[1]]), batch.lengths, target.shape[1])
            ours = students.mask_predict.decoder(target, None, places, embedding, memory, None) @ embedding.T
            feeds |= {"input_ids": target.numpy(), "attention_mask": torch.ones_like(target).numpy()}
            logits, ids = mask_predict.decoder.run(["logits", "best_ids"], feeds)
            note("mask-predict largest difference", ours, logits)
            same = bool((ours.argmax(-1).numpy() == ids).all())
            result["mask-predict equal outputs"] = result.get("mask-predict equal outputs", 0) + same
    return result


def golden_students(package: Path, texts: list[str], count: int = 100) -> list[dict]:
    """Outputs of the reference decoders, one text at a time, for the tests of other implementations.

    Only texts whose ids are the same in a batch as alone: where rounding decides, no implementation can be held to it.
    """
    tokenizer = load_tokenizer(package)
    ctc = CtcTranslator(package)
    refined = {iterations: MaskPredictTranslator(package, iterations=iterations) for iterations in (1, 4)}
    cases: list[dict] = []
    skipped = 0
    for at in range(0, len(texts), 10):
        rows = [tokenizer.encode(text).ids for text in texts[at : at + 10]]
        together = [ctc.generate(rows), *(translator.generate(rows) for translator in refined.values())]
        for text, ids, *batched in zip(texts[at : at + 10], rows, *together):
            draft = ctc.drafts([ids])[0]
            case: dict = {"text": text, "input_ids": ids, "ctc": {"output_ids": draft.ids, "score": round(draft.score, 4)}}
            for iterations, translator in refined.items():
                candidates = translator.candidates_of([ids])[0]
                best = best_candidate(candidates)
                case[f"mask-predict-{iterations}"] = {
                    "output_ids": best.ids, "score": round(best.score, 4),
                    "candidates": [{"ids": candidate.ids, "score": round(candidate.score, 4)} for candidate in candidates],
                }
            alone = [case[name]["output_ids"] for name in ("ctc", "mask-predict-1", "mask-predict-4")]
            if alone == batched:
                cases.append(case)
            else:
                skipped += 1
            if len(cases) == count:
                log.info("%d golden texts, %d left out", count, skipped)
                return cases
    log.info("%d golden texts, %d left out", len(cases), skipped)
    return cases
