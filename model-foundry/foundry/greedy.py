"""Greedy decoding over exported graphs: the reference that served ids are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort


def open_session(path: Path, threads: int = 2) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@dataclass(frozen=True)
class SpecialIds:
    start: int
    eos: int
    pad: int


def padded(rows: list[list[int]], pad: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids ``[batch, longest]`` and the mask of real tokens."""
    ids = np.full((len(rows), max(map(len, rows))), pad, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, values in enumerate(rows):
        ids[row, : len(values)] = values
        mask[row, : len(values)] = 1
    return ids, mask


class GraphTranslator:
    """An encoder-decoder in Optimum's layout; one instance per variant suffix (``""``, ``"_quantized"``)."""

    def __init__(self, folder: Path, ids: SpecialIds, variant: str = "", threads: int = 2) -> None:
        graphs = folder / "onnx"
        self.ids = ids
        self.encoder = open_session(graphs / f"encoder_model{variant}.onnx", threads)
        self.first = open_session(graphs / f"decoder_model{variant}.onnx", threads)
        self.later = open_session(graphs / f"decoder_with_past_model{variant}.onnx", threads)
        self.first_names = [output.name for output in self.first.get_outputs()]
        self.later_names = [output.name for output in self.later.get_outputs()]
        self.past_names = [put.name for put in self.later.get_inputs() if put.name.startswith("past_key_values")]

    def encode(self, rows: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
        """Encoder states ``[batch, length, hidden]`` and the mask of real tokens."""
        ids, mask = padded(rows, self.ids.pad)
        return self.encoder.run(["last_hidden_state"], {"input_ids": ids, "attention_mask": mask})[0], mask

    def generate(self, rows: list[list[int]], max_new_tokens: int) -> list[list[int]]:
        """Greedy ids per row through the cache, start and padding left out, end-of-sequence kept."""
        states, mask = self.encode(rows)
        token = np.full((len(rows), 1), self.ids.start, dtype=np.int64)
        values = self.first.run(None, {"encoder_attention_mask": mask, "input_ids": token, "encoder_hidden_states": states})
        outputs = dict(zip(self.first_names, values))
        past = {name: outputs[name.replace("past_key_values", "present")] for name in self.past_names}
        results: list[list[int]] = [[] for _ in rows]
        live = np.ones(len(rows), dtype=bool)
        for step in range(max_new_tokens):
            best = outputs["logits"][:, -1].argmax(-1)
            for row in np.flatnonzero(live):
                results[row].append(int(best[row]))
            live &= best != self.ids.eos
            if not live.any() or step + 1 == max_new_tokens:
                break
            token = np.where(live, best, self.ids.pad)[:, None].astype(np.int64)
            values = self.later.run(None, {"encoder_attention_mask": mask, "input_ids": token} | past)
            outputs = dict(zip(self.later_names, values))
            for name in self.past_names:
                present = name.replace("past_key_values", "present")
                if present in outputs:
                    past[name] = outputs[present]
        return results

    def generate_uncached(self, row: list[int], max_new_tokens: int) -> list[int]:
        """Greedy ids of one row, the whole prefix decoded anew at each step: an independent path without a cache."""
        states, mask = self.encode([row])
        prefix = [self.ids.start]
        for _ in range(max_new_tokens):
            feeds = {"encoder_attention_mask": mask, "input_ids": np.array([prefix]), "encoder_hidden_states": states}
            prefix.append(int(self.first.run(["logits"], feeds)[0][0, -1].argmax()))
            if prefix[-1] == self.ids.eos:
                break
        return prefix[1:]
