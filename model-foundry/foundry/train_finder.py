"""Trains the flag finder (masks, boxes, classes) on composed scenes from the classifier's trunk, against a deadline."""

from __future__ import annotations

import logging
import multiprocessing
import os
import queue
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from foundry.compose import load_art
from foundry.detection_metrics import average_precision, find, mean_iou
from foundry.finder_model import FinderShape, FlagFinder, grow
from foundry.flag_art import DEV_SETS, TRAIN_SETS
from foundry.optim import MasterOptimizer
from foundry.scenes import Scene, SceneComposer
from foundry.train_vision import normalize
from foundry.vision_model import VisionShape

log = logging.getLogger("foundry.train_finder")
SUPPRESSION_IOU = 0.5


@dataclass(frozen=True)
class FinderOptions:
    art: Path
    trunk: Path
    out: Path
    minutes: float = 60.0
    size: int = 192
    rate: float = 1e-3
    warmup_steps: int = 40
    cooldown: float = 0.6
    batch: int = 32
    smoothing: float = 0.05
    repeats: int = 2
    checkpoint_seconds: float = 300.0
    seed: int = 11
    resume: bool = False


@dataclass(frozen=True)
class Targets:
    """What a batch's patches should say: ``cells`` uint8 ``[batch, 1, cells, cells]``, share of flag in 255ths; ``labels``
    int64 ``[batch, patches]``, -1 where a patch shows no flag and -2 where it shows too little to say; ``boxes`` float32
    ``[batch, patches, 4]``; ``weights`` float32 ``[batch, patches]``, less for each patch of a flag of many."""

    pixels: np.ndarray
    cells: np.ndarray
    labels: np.ndarray
    boxes: np.ndarray
    weights: np.ndarray


def targets(scenes: list[Scene], side: int, cells: int) -> Targets:
    """Targets of scenes for ``side`` patches along the side with ``cells`` mask cells each."""
    parts = [_scene_targets(scene, side, cells) for scene in scenes]
    return Targets(np.stack([scene.pixels for scene in scenes]), *(np.stack(column) for column in zip(*parts)))


def _scene_targets(scene: Scene, side: int, cells: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    size = scene.owner.shape[0]
    blocks = (scene.owner >= 0).reshape(side * cells, size // (side * cells), side * cells, size // (side * cells))
    cover = np.rint(blocks.mean((1, 3)) * 255).astype(np.uint8)[None]
    patch = size // side
    flags = len(scene.labels)
    shares = np.stack([(scene.owner == i).reshape(side, patch, side, patch).mean((1, 3)).ravel() for i in range(flags)]) \
        if flags else np.zeros((0, side * side))
    labels = np.full(side * side, -1, np.int64)
    boxes = np.zeros((side * side, 4), np.float32)
    weights = np.zeros(side * side, np.float32)
    if flags:
        owner, most = shares.argmax(0), shares.max(0)
        labels[most > 0.1] = -2
        mine = most > 0.5
        for i in range(flags):
            own = mine & (owner == i)
            if not own.any():
                own = np.zeros_like(mine)
                own[shares[i].argmax()] = True
            labels[own] = scene.labels[i]
            boxes[own] = scene.boxes[i] / size
            weights[own] = own.sum() ** -0.5
    return cover, labels, boxes, weights


def _giou(boxes: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """Overlap and generalized overlap (Rezatofighi et al. 2019) of ``[count, 4]`` corner boxes, row by row."""
    def area(low: Tensor, high: Tensor) -> Tensor:
        return (high - low).clamp(min=0).prod(-1)

    shared = area(torch.maximum(boxes[:, :2], real[:, :2]), torch.minimum(boxes[:, 2:], real[:, 2:]))
    union = area(boxes[:, :2], boxes[:, 2:]) + area(real[:, :2], real[:, 2:]) - shared
    around = area(torch.minimum(boxes[:, :2], real[:, :2]), torch.maximum(boxes[:, 2:], real[:, 2:]))
    iou = shared / union.clamp(min=1e-7)
    return iou, iou - (around - union) / around.clamp(min=1e-7)


def finder_loss(outputs: tuple[Tensor, ...], wanted: Targets, smoothing: float) -> tuple[Tensor, dict[str, float]]:
    """The four tasks' losses summed, and each."""
    masks, classes, scores, boxes = (value.float() for value in outputs)
    cover = torch.from_numpy(wanted.cells).float() / 255
    bits = F.binary_cross_entropy_with_logits(masks, cover)
    chance = masks.sigmoid()
    dice = 1 - ((2 * (chance * cover).sum((1, 2, 3)) + 1) / ((chance + cover).sum((1, 2, 3)) + 1)).mean()
    labels, weights = torch.from_numpy(wanted.labels), torch.from_numpy(wanted.weights)
    shown = labels >= 0
    count = max(1, int(shown.sum()))
    share = weights[shown] / weights[shown].sum().clamp(min=1e-6)
    named = (F.cross_entropy(classes[shown], labels[shown], label_smoothing=smoothing, reduction="none") * share).sum()
    real = torch.from_numpy(wanted.boxes)[shown]
    iou, giou = _giou(boxes[shown], real)
    placed = ((2 * (1 - giou) + 5 * (boxes[shown] - real).abs().mean(-1)) * share).sum()
    goal = torch.zeros_like(scores)
    goal[shown] = iou.detach()
    told = F.binary_cross_entropy_with_logits(scores, goal, reduction="none")
    scored = told[labels != -2].sum() / count
    parts = {"mask": bits + dice, "class": named, "box": placed, "score": scored}
    return torch.stack(list(parts.values())).sum(), {name: float(value.detach()) for name, value in parts.items()}


def _make(options: FinderOptions, shape: FinderShape, seed: int, level, ready) -> None:
    torch.set_num_threads(1)
    composer = SceneComposer(load_art(options.art, list(TRAIN_SETS), "train", "train"), options.size, seed)
    parent = os.getppid()
    while os.getppid() == parent:
        scenes = [composer.scene(composer.composer.rng.uniform(0, level.value)) for _ in range(options.batch)]
        ready.put(targets(scenes, shape.side, shape.cells))


@torch.no_grad()
def outputs_as_exported(model: FlagFinder, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mask logits, and ``logits`` and ``pred_boxes`` as the exported detector gives them."""
    masks, classes, scores, boxes = (value.float() for value in model(pixels))
    return masks, *detector_outputs(classes, scores, boxes)


def detector_outputs(classes: Tensor, scores: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
    """``logits`` ``[batch, patches, labels + 1]`` whose softmax is score times class chance, and last the chance of nothing;
    ``pred_boxes`` as center x, center y, width, height within the picture: what Hugging Face's detectors answer."""
    # The logarithm of a sigmoid, written so that it stays finite in an exported graph.
    some, none = -F.softplus(-scores).unsqueeze(-1), -F.softplus(scores).unsqueeze(-1)
    logits = torch.cat([classes.log_softmax(-1) + some, none], -1)
    low, high = boxes[..., :2].clamp(0, 1), boxes[..., 2:].clamp(0, 1)
    return logits, torch.cat([(low + high) / 2, high - low], -1)


def score(model: FlagFinder, scenes: list[Scene]) -> str:
    model.eval()
    size = scenes[0].owner.shape[0]
    found, masks = [], []
    for start in range(0, len(scenes), 32):
        pixels = normalize(np.stack([s.pixels for s in scenes[start : start + 32]])).to(next(model.parameters()).dtype)
        cells, logits, boxes = outputs_as_exported(model, pixels)
        full = F.interpolate(cells, size=(size, size), mode="bilinear", align_corners=False)[:, 0] > 0
        masks += list(full.numpy().astype(int))
        found += [find(a, b, size, size, 0.05, SUPPRESSION_IOU) for a, b in zip(logits.numpy(), boxes.numpy())]
    model.train()
    boxes, labels = [s.boxes for s in scenes], [s.labels for s in scenes]
    flag, background = mean_iou(masks, [(s.owner >= 0).astype(int) for s in scenes])
    return (f"mIoU {(flag + background) / 2:.3f} (flag {flag:.3f}) AP50 {average_precision(found, boxes, labels, True):.3f} "
            f"of boxes alone {average_precision(found, boxes, labels, False):.3f}")


def train_finder(options: FinderOptions) -> None:
    """Runs until the time is spent; scenes get harder until half of it."""
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    snapshot = torch.load(options.trunk / "weights.pt", weights_only=True)
    trunk, weights = grow(snapshot["weights"], VisionShape(**snapshot["shape"]), options.size)
    shape = FinderShape(trunk)
    model = FlagFinder(shape)
    model.trunk.load_state_dict(weights)
    state = torch.load(options.out / "checkpoint.pt", weights_only=True) if options.resume else None
    step, elapsed_before = (state["step"], state["elapsed"]) if state else (0, 0.0)
    # The masters are copied before the model is rounded.
    optimizer = MasterOptimizer(model)
    model.bfloat16()
    if state:
        optimizer.load_state_dict(state["optimizer"])
    context = multiprocessing.get_context("spawn")
    level, ready = context.Value("d", 0.3), context.Queue(maxsize=4)
    maker = context.Process(target=_make, args=(options, shape, options.seed + step, level, ready), daemon=True)
    maker.start()
    dev = SceneComposer(load_art(options.art, list(DEV_SETS), "dev", "test"), options.size, 999)
    held = {name: [dev.scene(hardness) for _ in range(96)] for name, hardness in (("mild", 0.3), ("hard", 1.0))}
    started = saved_at = logged_at = time.monotonic()
    running: dict[str, float] = {}
    pool: list[Targets] = []
    rng = random.Random(step)
    fresh = 0

    def save(elapsed: float) -> None:
        part = options.out / "checkpoint.pt.part"
        torch.save({"step": step, "elapsed": elapsed, "optimizer": optimizer.state_dict()}, part)
        part.replace(options.out / "checkpoint.pt")
        torch.save({"shape": shape.as_dict(), "step": step, "elapsed": elapsed, "pictures": step * options.batch,
                    "weights": dict(zip(optimizer.names, optimizer.masters))}, options.out / "weights.pt")
        log.info("step %d %.1f min held-out %s", step, elapsed / 60,
                 "; ".join(f"{name} {score(model, scenes)}" for name, scenes in held.items()))

    while True:
        now = time.monotonic()
        elapsed = elapsed_before + now - started
        progress = elapsed / (options.minutes * 60)
        if progress >= 1:
            break
        level.value = 0.3 + 0.7 * min(1.0, progress / 0.5)
        # The maker is slower than the training on a busy machine: scenes are shown again, a bounded number of times.
        try:
            batch = ready.get(block=not pool or fresh * options.repeats <= step)
            pool = [*pool[-60:], batch]
            fresh += 1
        except queue.Empty:
            batch = rng.choice(pool)
        loss, parts = finder_loss(model(normalize(batch.pixels).bfloat16()), batch, options.smoothing)
        loss.backward()
        warm = min(1.0, (step + 1) / options.warmup_steps)
        optimizer.step(options.rate * warm * min(1.0, max(0.02, (1 - progress) / options.cooldown)))
        step += 1
        running = {name: 0.95 * running.get(name, value) + 0.05 * value for name, value in parts.items()}
        if step % 25 == 0:
            speed = 25 * options.batch / (time.monotonic() - logged_at)
            log.info("step %d %.1f min %s level %.2f %.1f pictures/s %d fresh", step, elapsed / 60,
                     " ".join(f"{name} {value:.3f}" for name, value in running.items()), level.value, speed, fresh)
            logged_at = time.monotonic()
        if now - saved_at >= options.checkpoint_seconds:
            save(elapsed)
            saved_at = logged_at = time.monotonic()
    save(elapsed_before + time.monotonic() - started)
    maker.terminate()
