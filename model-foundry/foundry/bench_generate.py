"""Times ``generate()`` of transformers for the Java benchmarks: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import torch
from transformers import PreTrainedModel

from foundry.greedy import padded
from foundry.package_weights import load_package


@torch.inference_mode()
def generate(model: PreTrainedModel, rows: list[list[int]], batch: int, max_new_tokens: int) -> tuple[float, list[list[int]]]:
    """Seconds and greedy ids of each row, in batches of the rows' order; the start token and padding left out."""
    end = model.generation_config.eos_token_id
    outputs: list[list[int]] = []
    seconds = 0.0
    for at in range(0, len(rows), batch):
        began = time.perf_counter()
        ids, mask = padded(rows[at : at + batch], model.config.pad_token_id)
        generated = model.generate(
            torch.from_numpy(ids), attention_mask=torch.from_numpy(mask), do_sample=False, num_beams=1, use_cache=True,
            max_new_tokens=max_new_tokens,
        )[:, 1:].tolist()
        seconds += time.perf_counter() - began
        outputs += [row[: row.index(end) + 1] if end in row else row for row in generated]
    return seconds, outputs


def serve(package: Path) -> None:
    """Answers ``{rows, batch, max_new_tokens}`` with ``{seconds, rows}`` until the input ends."""
    model = load_package(package)
    # A package's own bound on the whole length would only be warned about beside the asked one.
    model.generation_config.max_length = None
    for line in sys.stdin:
        request = json.loads(line)
        seconds, rows = generate(model, request["rows"], request["batch"], request["max_new_tokens"])
        print(json.dumps({"seconds": seconds, "rows": rows}), flush=True)
