"""The loop and the learning rate of a training that ends at a wall-clock deadline."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Protocol

log = logging.getLogger("foundry.deadline")


class Trainer(Protocol):
    """What the loop drives; ``elapsed`` is in seconds and includes the parts before a resumption."""

    step: int
    tokens_seen: int
    elapsed_before: float

    def train_step(self, elapsed: float) -> None: ...
    def describe(self) -> str: ...
    def evaluate(self) -> str: ...
    def save(self, elapsed: float) -> None: ...


@dataclass(frozen=True)
class Schedule:
    """Rates warm up by steps, stay flat and fall linearly to 2 % over the last ``cooldown`` of the minutes."""

    minutes: float
    warmup_steps: int = 100
    cooldown: float = 0.6

    def factor(self, steps: int, elapsed: float) -> float:
        left = (1.0 - elapsed / (60 * self.minutes)) / self.cooldown
        return min(1.0, (steps + 1) / self.warmup_steps) * min(1.0, max(0.02, left))


def train_until(trainer: Trainer, minutes: float, checkpoint_seconds: float = 180.0, evaluation_seconds: float = 600.0) -> None:
    """Steps until the minutes are over; logs the speed, saves and evaluates on the way and at the end."""
    started = time.monotonic()
    saved_at = logged_at = started
    # The first score comes early: it tells whether anything is learned at all.
    evaluated_at, logged_tokens = started - evaluation_seconds + 240, trainer.tokens_seen
    while True:
        now = time.monotonic()
        elapsed = trainer.elapsed_before + now - started
        if elapsed >= minutes * 60:
            break
        trainer.train_step(elapsed)
        if trainer.step % 25 == 0:
            speed = (trainer.tokens_seen - logged_tokens) / (now - logged_at + 1e-9)
            log.info("step %d %.1f min %s %.0f tok/s", trainer.step, elapsed / 60, trainer.describe(), speed)
            logged_at, logged_tokens = now, trainer.tokens_seen
        if now - evaluated_at >= evaluation_seconds:
            log.info("step %d %s", trainer.step, trainer.evaluate())
            evaluated_at = time.monotonic()
        if now - saved_at >= checkpoint_seconds:
            trainer.save(elapsed)
            saved_at = time.monotonic()
    trainer.save(trainer.elapsed_before + time.monotonic() - started)
    log.info("done at step %d, %s", trainer.step, trainer.evaluate())
