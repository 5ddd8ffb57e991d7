"""Command line of the model cards."""

from __future__ import annotations

import argparse
from pathlib import Path

MODELS = Path("../models")


def _card(arguments: argparse.Namespace) -> None:
    from foundry.cards import carded, write_cards

    packages = arguments.model or carded(MODELS)
    for card in write_cards(packages):
        print(card)


def _samples(arguments: argparse.Namespace) -> None:
    import json

    from foundry.export import record_metrics
    from foundry.samples import translated_samples

    samples = translated_samples(arguments.model, arguments.samples)
    print(json.dumps(samples, indent=1, ensure_ascii=False))
    if arguments.record:
        record_metrics(arguments.model, {"samples": samples})


def _record_run(arguments: argparse.Namespace) -> None:
    from foundry.checkpoint import run_facts
    from foundry.export import record_run

    facts = run_facts(arguments.training) if arguments.training else {}
    for fact in arguments.facts:
        key, _, value = fact.partition("=")
        facts[key] = float(value) if "." in value else int(value)
    record_run(arguments.model, arguments.name, facts)
    print(arguments.name, facts)


def add_commands(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("card", help="write model cards from their templates and the numbers recorded in the packages")
    command.add_argument("--model", type=Path, nargs="*", help="packages; by default all of ../models that have a template in cards/")
    command.set_defaults(run=_card)

    command = commands.add_parser("samples", help="translate the sentences that a card shows")
    command.add_argument("--model", type=Path, default=MODELS / "triptych-en-de")
    command.add_argument("--samples", type=Path, default=Path("cards/triptych-en-de.samples.json"))
    command.add_argument("--record", action="store_true", help="write them into the package's triptych.json")
    command.set_defaults(run=_samples)

    command = commands.add_parser("record-run", help="write what a training, or another step that led to a package, said of itself into its triptych.json")
    command.add_argument("--model", type=Path, required=True)
    command.add_argument("--name", required=True, help="of the step; cards ask for it")
    command.add_argument("--training", type=Path, help="folder of the training: steps, minutes and tokens are read from its newest snapshot")
    command.add_argument("facts", nargs="*", metavar="NAME=NUMBER", help="what only the log of the step says")
    command.set_defaults(run=_record_run)
