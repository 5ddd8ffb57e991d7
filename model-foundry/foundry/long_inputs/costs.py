"""Time and peak memory of the five attentions against the length, each run in a process of its own, on Linux."""

from __future__ import annotations

import ctypes
import json
import math
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
    loaded = _forget_peak()
    seconds: list[float] = []
    while len(seconds) < 3 and sum(seconds) < budget_seconds:
        started = time.perf_counter()
        session.run(None, feeds)
        seconds.append(time.perf_counter() - started)
    return {"length": length, "seconds": round(min(seconds), 4), "megabytes": round((_status("VmHWM") - loaded) / 1024, 1)}


def _forget_peak() -> int:
    """Gives back what loading used and starts the peak anew (Linux); the kilobytes that are resident now."""
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(name: str) -> int:
    """A figure of this process in kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


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
