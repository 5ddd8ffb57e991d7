"""Packs a training's state small enough to commit, and unpacks it into a folder that ``train --resume`` takes."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch


def pack(training: Path, out: Path) -> None:
    """Weights and Adam's moments in bf16; Muon's momentum is left out, it is rebuilt within some twenty steps."""
    state = torch.load(training / "checkpoint.pt", weights_only=True)
    optimizers = [state[name] for name in ("optimizer", "student_optimizer") if name in state]
    optimizers += [state["mask_predict"]["optimizer"]] if "mask_predict" in state else []
    for optimizer in optimizers:
        optimizer["masters"] = {name: value.bfloat16() for name, value in optimizer["masters"].items()}
        optimizer["velocity"] = {}
        for moments in optimizer["adam"]["state"].values():
            for name in ("exp_avg", "exp_avg_sq"):
                moments[name] = moments[name].bfloat16()
    out.mkdir(parents=True, exist_ok=True)
    torch.save(state, out / "checkpoint.pt")
    shutil.copyfile(training / "tokenizer.json", out / "tokenizer.json")


def unpack(packed: Path, training: Path, finished: bool) -> None:
    """Copies a packed state; with ``finished`` its clock starts anew, so the next run gets its whole time budget."""
    training.mkdir(parents=True, exist_ok=True)
    state = torch.load(packed / "checkpoint.pt", weights_only=True)
    if finished:
        state["elapsed"] = 0.0
    torch.save(state, training / "checkpoint.pt")
    shutil.copyfile(packed / "tokenizer.json", training / "tokenizer.json")


def run_facts(training: Path) -> dict[str, float]:
    """Steps, minutes and what a training counted beside them, by its newest state."""
    newest = max((path for path in training.glob("*.pt")), key=lambda path: path.stat().st_mtime)
    state = torch.load(newest, weights_only=True)
    facts: dict[str, float] = {"steps": state["step"]}
    if "elapsed" in state:
        facts["minutes"] = round(state["elapsed"] / 60, 1)
    return facts | {name: state[name] for name in ("tokens", "pictures") if name in state}
