"""Command line of the long encoders."""

from __future__ import annotations

import argparse
from pathlib import Path

from foundry.long_inputs.encoder import KINDS

TEACHER = Path("../models/all-minilm-l6-v2")


def _lessons(arguments: argparse.Namespace) -> None:
    from foundry.long_inputs.documents import read_documents, split_documents
    from foundry.long_inputs.teacher import write_lessons

    training, held_out = split_documents(read_documents(arguments.tsv, arguments.fewest_words))
    print(f"{len(training)} documents to train on, {len(held_out)} held out")
    write_lessons(training, arguments.teacher, arguments.out, arguments.tokens_each, arguments.minutes)


def _train(arguments: argparse.Namespace) -> None:
    from foundry.long_inputs.train import LongOptions, train_long

    train_long(LongOptions(
        lessons=arguments.lessons, out=arguments.out, minutes=arguments.minutes, attention=arguments.attention,
        documents=arguments.documents, start=arguments.start, teacher=arguments.teacher, rate=arguments.rate,
        tokens=arguments.tokens, seed=arguments.seed, resume=arguments.resume,
    ))


def add_commands(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("long-lessons", help="write what a sentence encoder says about documents, for the long encoders to learn")
    command.add_argument("--tsv", type=Path, nargs="+", required=True, help="English, target and document, parted by tabs (.gz)")
    command.add_argument("--teacher", type=Path, default=TEACHER)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--fewest-words", type=int, default=100, help="shorter documents are left out")
    command.add_argument("--tokens-each", type=int, default=1536, help="how much of a document is learned from")
    command.add_argument("--minutes", type=float, default=10)
    command.set_defaults(run=_lessons)

    command = commands.add_parser("train-long", help="train a long encoder against a deadline")
    command.add_argument("--lessons", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--minutes", type=float, required=True)
    command.add_argument("--attention", choices=KINDS, default="full")
    command.add_argument("--documents", action="store_true", help="learn from whole documents instead of the teacher's chunks; the embeddings of tokens stay as they are")
    command.add_argument("--start", type=Path, help="checkpoint.pt of a training to start from")
    command.add_argument("--teacher", type=Path, help="package whose embeddings of tokens to start from, where there is no --start")
    command.add_argument("--rate", type=float, default=1e-3)
    command.add_argument("--tokens", type=int, default=6144, help="padded tokens of a batch")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--resume", action="store_true")
    command.set_defaults(run=_train)
