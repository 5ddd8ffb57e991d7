"""Command line of the flag models."""

from __future__ import annotations

import argparse
from pathlib import Path


def _train_finder(arguments: argparse.Namespace) -> None:
    from foundry.train_finder import FinderOptions, train_finder

    train_finder(FinderOptions(art=arguments.art, trunk=arguments.trunk, out=arguments.out, minutes=arguments.minutes,
                               rate=arguments.rate, batch=arguments.batch, size=arguments.size, resume=arguments.resume))


def _recover_flags(arguments: argparse.Namespace) -> None:
    from foundry.recover_vision import recover_flags

    print(f"largest difference of logits {recover_flags(arguments.model, arguments.out):.2e}")


def add_commands(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("recover-flags", help="read the weights of an exported flag classifier back")
    command.add_argument("--model", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_recover_flags)

    command = commands.add_parser("train-finder", help="train masks and boxes of flags from the classifier's trunk against a deadline")
    command.add_argument("--art", type=Path, required=True)
    command.add_argument("--trunk", type=Path, required=True, help="training folder of the classifier")
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--minutes", type=float, default=60)
    command.add_argument("--rate", type=float, default=1e-3)
    command.add_argument("--batch", type=int, default=32)
    command.add_argument("--size", type=int, default=192)
    command.add_argument("--resume", action="store_true")
    command.set_defaults(run=_train_finder)
