"""Greedy decoding over the fused graphs: the reference of their export, and what calibration runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort

from foundry.fused import DECODER, ENCODER
from foundry.graph_builder import RANGE
from foundry.greedy import SpecialIds, open_session, padded


class FusedTranslator:
    """One instance per variant suffix (``""``, ``"_int8"``); caches are written in place, as the engine does.

    ``ranges`` holds the largest value of every ``range.NAME`` output so far, over real tokens.
    """

    def __init__(self, folder: Path, ids: SpecialIds, variant: str = "", threads: int = 2) -> None:
        graphs = folder / "onnx"
        self.ids = ids
        self.encoder = open_session(graphs / f"{ENCODER}{variant}.onnx", threads)
        self.decoder = open_session(graphs / f"{DECODER}{variant}.onnx", threads)
        self.encoder_names = [output.name for output in self.encoder.get_outputs()]
        self.probes = [put.name for put in self.decoder.get_outputs() if put.name.startswith(RANGE)]
        self.ranges: dict[str, float] = {}
        self.leads = np.zeros(0)
        self.caches = [put for put in self.decoder.get_inputs() if put.name.startswith("past_key_values")]

    def generate(self, rows: list[list[int]], max_new_tokens: int) -> list[list[int]]:
        """Greedy ids per row, start and padding left out, end-of-sequence kept; ``leads`` then holds each row's smallest lead."""
        ids, mask = padded(rows, self.ids.pad)
        encoded = dict(zip(self.encoder_names, self.encoder.run(None, {"input_ids": ids, "attention_mask": mask})))
        for name in self.encoder_names:
            if name.startswith(RANGE):
                self._widen(name, encoded[name], mask.reshape(-1) == 1)
        binding = self.decoder.io_binding()
        kept = []
        for put in self.caches:
            present = put.name.replace("past_key_values", "present")
            cross = ".encoder." in put.name
            shape = (len(rows), put.shape[1], ids.shape[1] if cross else max_new_tokens, put.shape[3])
            cache = ort.OrtValue.ortvalue_from_numpy(encoded[present] if cross else np.zeros(shape, np.float32))
            binding.bind_ortvalue_input(put.name, cache)
            binding.bind_ortvalue_output(present, cache)
            kept.append(cache)
        binding.bind_cpu_input("source_lengths", mask.sum(1).astype(np.int32))
        for name in ("best_ids", "logits", *self.probes):
            binding.bind_output(name)
        token = np.full((len(rows), 1), self.ids.start, dtype=np.int64)
        results: list[list[int]] = [[] for _ in rows]
        live = np.ones(len(rows), dtype=bool)
        self.leads = np.full(len(rows), np.inf)
        for step in range(max_new_tokens):
            binding.bind_cpu_input("input_ids", token)
            binding.bind_cpu_input("past_lengths", np.full(len(rows), step, dtype=np.int32))
            self.decoder.run_with_iobinding(binding)
            best, logits, *probed = (value.numpy() for value in binding.get_outputs()[len(self.caches):])
            for name, values in zip(self.probes, probed):
                self._widen(name, values, live)
            second, first = np.partition(logits, -2, axis=-1)[:, -2:].T
            self.leads = np.where(live, np.minimum(self.leads, first - second), self.leads)
            for row in np.flatnonzero(live):
                results[row].append(int(best[row]))
            live &= best != self.ids.eos
            if not live.any():
                break
            token = np.where(live, best, self.ids.pad)[:, None].astype(np.int64)
        return results

    def _widen(self, name: str, values: np.ndarray, counted: np.ndarray) -> None:
        name = name.removeprefix(RANGE)
        self.ranges[name] = max(self.ranges.get(name, 0.0), float(values[counted].max()))
