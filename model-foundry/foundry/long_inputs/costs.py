"""Time and peak memory of the five attentions against the length, each run in a process of its own."""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from foundry.greedy import open_session

LENGTHS = (512, 1024, 2048, 4096, 8192, 16384)
PLAIN = "full_plain"
# Longer, and the matrix of scores would need more memory than a laptop has.
PLAIN_LONGEST = 8192
# Slopes are measured from here on.
STEEP = 2048


def measure(graph: Path, length: int, threads: int, budget_seconds: float) -> dict[str, float]:
    """The fastest of up to three runs in seconds, and how far the process grew beyond the loaded model, in MB."""
    session = open_session(graph, threads)
    ids = np.random.default_rng(1).integers(1000, 30000, (1, length))
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    session.run(None, {name: value[:, :256] for name, value in feeds.items()})
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds: list[float] = []
    while len(seconds) < 3 and sum(seconds) < budget_seconds:
        started = time.perf_counter()
        session.run(None, feeds)
        seconds.append(time.perf_counter() - started)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - loaded
    return {"length": length, "seconds": round(min(seconds), 4), "megabytes": round(grown / 1024, 1)}


def measure_all(graphs: dict[str, Path], threads: int) -> dict[str, list[dict[str, float]]]:
    """Every graph at every length; shorter lengths first, so that an interrupted run has something of each."""
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in graphs}
    for length in LENGTHS:
        for kind, graph in graphs.items():
            if kind == PLAIN and length > PLAIN_LONGEST:
                continue
            command = [sys.executable, "-m", "foundry.long_inputs.costs", str(graph), str(length), str(threads)]
            answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
            found[kind].append(json.loads(answer.stdout))
    return found


def slope(points: list[dict[str, float]], what: str) -> float:
    """Least squares of log cost against log length from 2,048 tokens on."""
    pairs = [(math.log(point["length"]), math.log(max(point[what], 1e-3))) for point in points if point["length"] >= STEEP]
    lengths, costs = np.array(pairs).T
    return round(float(np.polyfit(lengths, costs, 1)[0]), 2)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), 6.0)))
