"""Command line of the foundry: ``python -m foundry COMMAND``."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import torch


def _train(arguments: argparse.Namespace) -> None:
    from foundry.model import ModelShape
    from foundry.train import TrainOptions, train

    shape = ModelShape(
        vocab_size=arguments.vocab, hidden_size=arguments.hidden, ffn_size=4 * arguments.hidden,
        head_count=arguments.heads, encoder_layers=arguments.encoder_layers, decoder_layers=arguments.decoder_layers,
    )
    options = TrainOptions(
        train=arguments.tsv, dev=arguments.dev, out=arguments.out, minutes=arguments.minutes, rate=arguments.rate,
        tokens=arguments.tokens, dropout=arguments.dropout, seed=arguments.seed, max_steps=arguments.max_steps,
        resume=arguments.resume,
    )
    shares = {"text": 1 - arguments.interface_share - arguments.dictionary_share}
    shares |= {"interface": arguments.interface_share, "dictionary": arguments.dictionary_share}
    train(options, shape, shares)


def _fixtures(arguments: argparse.Namespace) -> None:
    from foundry.fixtures import write_fixtures

    write_fixtures(arguments.out, arguments.names)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="foundry", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("train", help="train a translation model against a deadline")
    command.add_argument("--tsv", type=Path, required=True, help="training pairs: source, target, document")
    command.add_argument("--dev", type=Path, required=True, help="held-out pairs; their documents stay out of training")
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--minutes", type=float, default=70, help="wall-clock budget of the whole run, resumed parts included")
    command.add_argument("--rate", type=float, default=2e-3)
    command.add_argument("--tokens", type=int, default=4608, help="padded tokens a side and batch")
    command.add_argument("--dropout", type=float, default=0.0)
    command.add_argument("--vocab", type=int, default=8000)
    command.add_argument("--hidden", type=int, default=256)
    command.add_argument("--heads", type=int, default=4)
    command.add_argument("--encoder-layers", type=int, default=6)
    command.add_argument("--decoder-layers", type=int, default=2)
    command.add_argument("--interface-share", type=float, default=0.13, help="share of batches with UI strings")
    command.add_argument("--dictionary-share", type=float, default=0.07, help="share of batches with dictionary entries")
    command.add_argument("--seed", type=int, default=7)
    command.add_argument("--max-steps", type=int, default=0)
    command.add_argument("--resume", action="store_true")
    command.set_defaults(run=_train)

    command = commands.add_parser("fixtures", help="write tiny models and golden outputs for the Java tests")
    command.add_argument("names", nargs="*", help="which ones; all by default")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_fixtures)
    return parser


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    arguments = _parser().parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.run(arguments)


if __name__ == "__main__":
    main()
