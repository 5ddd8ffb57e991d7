"""Writes the comparison of the attentions: figures, drawings and what they say."""

from __future__ import annotations

import json
from pathlib import Path

from foundry.export import write_json
from foundry.long_inputs.costs import LENGTHS, PLAIN, PLAIN_LONGEST, STEEP, slope
from foundry.long_inputs.encoder import KINDS, LINEAR

NAMES = {
    "full": "full, fused", PLAIN: "full, with the matrix of scores", "longformer": "Longformer", "bigbird": "BigBird",
    "linformer": "Linformer", "performer": "Performer",
}
REACH = {
    "full": "every token, exactly; FlashAttention's blocks", PLAIN: "every token, exactly; two matrix products",
    "longformer": "128 tokens on either side, and the first", "bigbird": "blocks of 64: three near, the first, three at random",
    "linformer": "256 slots, each a mean of near tokens", "performer": "every token, through 256 random features",
}


def write_page(costs: dict[str, list[dict[str, float]]], retrieval: dict[str, dict], machine: str, threads: int, out: Path) -> None:
    """``out`` is the page; drawings and raw figures go into a folder of its name beside it."""
    folder = out.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "figures.json", {"machine": machine, "threads": threads, "costs": costs, "retrieval": retrieval})
    for what, label in (("seconds", "seconds"), ("megabytes", "MB beyond the loaded model")):
        _draw(costs, what, label, folder / f"{what}.svg")
    out.write_text(_text(costs, retrieval, machine, threads, folder.name), encoding="utf-8")


def _draw(costs: dict[str, list[dict[str, float]]], what: str, label: str, out: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "triptych"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5))
    for kind, points in costs.items():
        axes.loglog([p["length"] for p in points], [p[what] for p in points], marker="o", markersize=4, label=NAMES[kind])
    anchor = costs["full" if what == "seconds" else PLAIN][-1]
    axes.loglog(LENGTHS, [anchor[what] * (n / anchor["length"]) ** 2 for n in LENGTHS], "k:", label="O(n² · d)")
    axes.set_xticks(LENGTHS, [f"{n:,}" for n in LENGTHS])
    axes.minorticks_off()
    axes.set_xlabel("tokens")
    axes.set_ylabel(label)
    axes.legend(fontsize=8)
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})
    pyplot.close(figure)


def _at(points: list[dict[str, float]], length: int, what: str) -> float | None:
    return next((point[what] for point in points if point["length"] == length), None)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(costs: dict[str, list[dict[str, float]]], what: str, form: str) -> list[str]:
    lines = [_row(["attention", *(f"{n:,}" for n in LENGTHS), f"slope from {STEEP:,}"]), _row(["---"] + ["---:"] * (len(LENGTHS) + 1))]
    for kind, points in costs.items():
        cells = [_at(points, length, what) for length in LENGTHS]
        lines.append(_row([NAMES[kind], *("–" if cell is None else format(cell, form) for cell in cells), f"{slope(points, what):.2f}"]))
    return lines


def _text(costs: dict[str, list[dict[str, float]]], retrieval: dict[str, dict], machine: str, threads: int, folder: str) -> str:
    exact = _at(costs["full"], 8192, "seconds")
    faster = ", ".join(f"{NAMES[kind]} {exact / _at(costs[kind], 8192, 'seconds'):.1f}" for kind in LINEAR if kind in costs)
    lines = [
        "# Long inputs: five attentions", "",
        "Written by `python -m foundry compare-attention`; the figures lie in "
        f"[{folder}/figures.json]({folder}/figures.json). One encoder (Pre-LN, width 256, 4 heads, 6 layers) with attention of five kinds.",
        f"Machine: {machine}; ONNX Runtime on {threads} threads, one text a run.", "",
        _row(["attention", "a token attends to"]), _row(["---", "---"]),
        *(_row([NAMES[kind], REACH[kind]]) for kind in costs), "",
        "## Time", "",
        "Attention compares every token with every other: O(n² · d) for n tokens of width d. Twice the text costs four times the time,",
        "once attention outweighs the rest of the layer. The four others bound how many keys a token meets. Seconds by tokens:", "",
        *_table(costs, "seconds", ".3f"), "",
        f"![Time against length]({folder}/seconds.svg)", "",
        f"At 8,192 tokens, times as fast as full attention: {faster}.", "",
        "## Memory", "",
        "MB that the process grows beyond the loaded model. The fused operator never writes the matrix of scores, so its memory grows",
        f"with the length alone although its time does not; with the matrix, {PLAIN_LONGEST:,} tokens are where we stop.", "",
        *_table(costs, "megabytes", ".0f"), "",
        f"![Memory against length]({folder}/megabytes.svg)", "",
        "## Quality", "", *_quality(retrieval),
    ]
    return "\n".join(lines) + "\n"


def _quality(retrieval: dict[str, dict]) -> list[str]:
    if not retrieval:
        return ["No package has been scored: `python -m foundry evaluate-long`."]
    count = next(iter(retrieval.values())).get("documents", "")
    lines = [
        f"A held-out document is looked for by its title among {count} held-out documents (the title is not in the text). Manuals, help",
        "and package descriptions; cut at 8,192 tokens.", "",
        _row(["", "MRR@10", "recall@10"]), _row(["---", "---:", "---:"]),
    ]
    for name, scores in retrieval.items():
        engine = f" ({scores['engine']})" if "engine" in scores else ""
        lines.append(_row([NAMES.get(name, name) + engine, f"{100 * scores['mrr@10']:.1f}", f"{100 * scores['recall@10']:.1f}"]))
    exact = retrieval.get("full")
    linear = {kind: retrieval[kind]["mrr@10"] for kind in LINEAR if kind in retrieval}
    if exact and linear:
        best = max(linear, key=lambda kind: linear[kind])
        lines += ["", f"The best of the four, {NAMES[best]}, is {100 * (linear[best] - exact['mrr@10']):+.1f} points from full attention."]
    return lines


def recorded(evaluation: Path) -> dict[str, dict]:
    """Scores that ``evaluate-long`` wrote, in the order of the page."""
    if not evaluation.exists():
        return {}
    scores = json.loads(evaluation.read_text(encoding="utf-8"))
    return {name: scores[name] for name in (*KINDS, *(name for name in scores if name not in KINDS)) if name in scores}
