"""Trains the flag classifier on composed pictures, made endlessly in processes of their own, against a deadline."""

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from foundry.compose import Composer, Difficulty, load_art
from foundry.countries import labels
from foundry.flag_art import DEV_SETS, TRAIN_SETS
from foundry.optim import MasterOptimizer
from foundry.vision_model import FlagClassifier, VisionShape

log = logging.getLogger("foundry.train_vision")


@dataclass(frozen=True)
class VisionOptions:
    art: Path
    out: Path
    minutes: float = 28.0
    rate: float = 1.5e-3
    warmup_steps: int = 150
    cooldown: float = 0.6
    batch: int = 96
    smoothing: float = 0.05
    start_level: float = 0.25
    full_level_at: float = 0.5
    makers: int = 1
    no_flag_share: float = 0.06
    start_from: Path | None = None
    checkpoint_seconds: float = 150.0
    seed: int = 5
    resume: bool = False


def normalize(pixels: np.ndarray) -> Tensor:
    """uint8 ``[batch, size, size, 3]`` to float32 ``[batch, 3, size, size]`` in -1..1, as ``ViTImageProcessor`` does."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div(255).sub(0.5).div(0.5).contiguous()


def _make(options: VisionOptions, size: int, seed: int, level, queue) -> None:
    # Half a step behind the training in priority, so that it fills gaps rather than takes turns.
    os.nice(1)
    torch.set_num_threads(1)
    composer = Composer(load_art(options.art, list(TRAIN_SETS), "train", "train"), size, seed)
    parent = os.getppid()
    while os.getppid() == parent:
        examples = [composer.example(Difficulty(composer.rng.uniform(0, level.value), options.no_flag_share)) for _ in range(options.batch)]
        queue.put((np.stack([picture for picture, _ in examples]), np.array([label for _, label in examples])))


@torch.no_grad()
def accuracy(model: FlagClassifier, pixels: Tensor, wanted: Tensor) -> tuple[float, float]:
    """Top-1 and top-5 shares."""
    model.eval()
    logits = torch.cat([model(part.bfloat16()) for part in pixels.split(100)])
    model.train()
    best = logits.float().topk(5).indices == wanted.unsqueeze(1)
    return float(best[:, 0].float().mean()), float(best.any(1).float().mean())


def held_out(options: VisionOptions, size: int, count: int, level: float) -> tuple[Tensor, Tensor]:
    """Pictures of drawings and backgrounds that neither training nor the reported scores show; the same for every run."""
    composer = Composer(load_art(options.art, list(DEV_SETS), "dev"), size, 999)
    examples = [composer.example(Difficulty(level)) for _ in range(count)]
    return normalize(np.stack([p for p, _ in examples])), torch.tensor([label for _, label in examples])


def train_flags(options: VisionOptions, shape: VisionShape) -> None:
    """Runs until the time is spent; pictures get harder until ``full_level_at`` of it."""
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    model = FlagClassifier(shape)
    if options.start_from:
        snapshot = torch.load(options.start_from / "weights.pt", weights_only=True)
        model = FlagClassifier(shape := VisionShape(**snapshot["shape"]))
        model.load_state_dict(snapshot["weights"])
    state = torch.load(options.out / "checkpoint.pt", weights_only=True) if options.resume else None
    step, elapsed_before = (state["step"], state["elapsed"]) if state else (0, 0.0)
    # The masters are copied before the model is rounded.
    optimizer = MasterOptimizer(model)
    model.bfloat16()
    if state:
        optimizer.load_state_dict(state["optimizer"])
    context = multiprocessing.get_context("spawn")
    level, queue = context.Value("d", options.start_level), context.Queue(maxsize=8)
    makers = [context.Process(target=_make, args=(options, shape.image_size, options.seed + step + 1000 * i, level, queue), daemon=True)
              for i in range(options.makers)]
    for maker in makers:
        maker.start()
    mild, hard = held_out(options, shape.image_size, 300, 0.3), held_out(options, shape.image_size, 300, 1.0)
    started = saved_at = logged_at = time.monotonic()
    running = 0.0

    def save(elapsed: float) -> None:
        part = options.out / "checkpoint.pt.part"
        torch.save({"shape": shape.as_dict(), "step": step, "elapsed": elapsed, "optimizer": optimizer.state_dict()}, part)
        part.replace(options.out / "checkpoint.pt")
        weights = {"shape": shape.as_dict(), "step": step, "elapsed": elapsed, "pictures": step * options.batch}
        torch.save(weights | {"weights": dict(zip(optimizer.names, optimizer.masters))}, options.out / "weights.pt")
        log.info("step %d held-out drawings: mild top-1 %.3f top-5 %.3f, hard %.3f %.3f", step, *accuracy(model, *mild), *accuracy(model, *hard))

    while True:
        now = time.monotonic()
        elapsed = elapsed_before + now - started
        progress = elapsed / (options.minutes * 60)
        if progress >= 1:
            break
        level.value = 1.0 if options.start_from else options.start_level + (1 - options.start_level) * min(1.0, progress / options.full_level_at)
        pixels, wanted = queue.get()
        loss = F.cross_entropy(model(normalize(pixels).bfloat16()).float(), torch.from_numpy(wanted), label_smoothing=options.smoothing)
        loss.backward()
        warm = min(1.0, (step + 1) / options.warmup_steps)
        optimizer.step(options.rate * warm * min(1.0, max(0.02, (1 - progress) / options.cooldown)))
        step += 1
        running = float(loss.detach()) if not running else 0.98 * running + 0.02 * float(loss.detach())
        if step % 50 == 0:
            speed = 50 * options.batch / (time.monotonic() - logged_at)
            log.info("step %d %.1f min loss %.3f level %.2f %.0f pictures/s, %d batches waiting", step, elapsed / 60, running, level.value, speed, queue.qsize())
            logged_at = time.monotonic()
        if now - saved_at >= options.checkpoint_seconds:
            save(elapsed)
            saved_at = time.monotonic()
    save(elapsed_before + time.monotonic() - started)
    for maker in makers:
        maker.terminate()


def new_shape(size: int, hidden: int, layers: int) -> VisionShape:
    return VisionShape(classes=len(labels()), image_size=size, hidden_size=hidden, ffn_size=4 * hidden, layers=layers)
