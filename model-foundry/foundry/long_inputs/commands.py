"""Command line of the long encoders."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from foundry.long_inputs.encoder import KINDS

if TYPE_CHECKING:
    from foundry.long_inputs.documents import Document

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


def _export(arguments: argparse.Namespace) -> None:
    from foundry.long_inputs.export import LongInfo, export_long

    difference = export_long(arguments.training, arguments.teacher, arguments.out, LongInfo(arguments.licence, arguments.provenance))
    print(f"{arguments.out}: largest difference to PyTorch {difference:.1e}")


def _held_out(arguments: argparse.Namespace) -> list[Document]:
    from foundry.long_inputs.documents import digest, read_documents, split_documents

    _, held_out = split_documents(read_documents(arguments.tsv, arguments.fewest_words))
    return sorted(held_out, key=lambda document: digest(document.name))[: arguments.documents]


def _write_held_out(arguments: argparse.Namespace) -> None:
    from foundry.long_inputs.retrieval import write_documents

    held_out = _held_out(arguments)
    write_documents(held_out, arguments.out)
    print(f"{len(held_out)} documents in {arguments.out}")


def _evaluate(arguments: argparse.Namespace) -> None:
    from foundry.export import record_metrics, write_json
    from foundry.long_inputs.retrieval import by_chunks, by_one_pass

    held_out = _held_out(arguments)
    count = {"documents": len(held_out)}
    scores: dict[str, dict] = json.loads(arguments.out.read_text()) if arguments.out.exists() else {}
    if arguments.bm25:
        found = json.loads(arguments.bm25.read_text(encoding="utf-8"))
        if found["documents"] != len(held_out):
            raise SystemExit(f"{arguments.bm25} is of {found['documents']} documents, these are {len(held_out)}: "
                             "give held-out-documents the same --tsv and --documents")
        scores["BM25"] = found

    def write_scores(scores: dict[str, dict]) -> None:
        # As soon as there are any, so that an interrupted run is not lost.
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        write_json(arguments.out, scores)

    for package in arguments.model:
        kind = json.loads((package / "config.json").read_text(encoding="utf-8"))["attention"]
        scores[kind] = by_one_pass(package, held_out, arguments.threads) | count
        if arguments.record:
            record_metrics(package, scores[kind])
        print(kind, scores[kind], flush=True)
        write_scores(scores)
    if "MiniLM, best chunk" not in scores:
        chunks = by_chunks(arguments.teacher, held_out, arguments.threads)
        scores |= {f"MiniLM, {way}": found | count for way, found in chunks.items()}
    write_scores(scores)
    print(json.dumps(scores, indent=1))


def _compare(arguments: argparse.Namespace) -> None:
    import tempfile

    from foundry.long_inputs.costs import PLAIN, measure_all
    from foundry.long_inputs.encoder import LongEncoder, LongShape
    from foundry.long_inputs.export import write_graph
    from foundry.long_inputs.page import recorded, write_page

    if arguments.costs:
        figures = json.loads(arguments.costs.read_text(encoding="utf-8"))
        write_page(figures["costs"], recorded(arguments.scores), figures["machine"], figures["threads"], arguments.out)
        return
    if not arguments.machine:
        raise SystemExit("foundry compare-attention: say with --machine what this is measured on")
    with tempfile.TemporaryDirectory() as scratch:
        graphs = {}
        for kind in ("full", PLAIN, *KINDS[1:]):
            graphs[kind] = arguments.models / f"triptych-long-{kind}" / "onnx" / "model.onnx"
            if not graphs[kind].exists():
                # What a run costs does not depend on what the weights are.
                graphs[kind] = Path(scratch) / kind / "model.onnx"
                write_graph(LongEncoder(LongShape(attention=kind)).eval(), graphs[kind])
        costs = measure_all(graphs, arguments.threads)
    write_page(costs, recorded(arguments.scores), arguments.machine, arguments.threads, arguments.out)


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

    command = commands.add_parser("export-long", help="write a long encoder as a model package")
    command.add_argument("--training", type=Path, required=True)
    command.add_argument("--teacher", type=Path, default=TEACHER, help="whose tokenizer goes with it")
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--licence", default="Apache-2.0")
    command.add_argument("--provenance", required=True)
    command.set_defaults(run=_export)

    command = commands.add_parser("held-out-documents", help="write the documents that are never trained on, for ./triptych bench bm25")
    _add_documents(command)
    command.add_argument("--out", type=Path, default=Path("work/long/held-out.jsonl"))
    command.set_defaults(run=_write_held_out)

    command = commands.add_parser("evaluate-long", help="score long encoders and their teacher at finding held-out documents by their titles")
    command.add_argument("--model", type=Path, nargs="*", default=[])
    _add_documents(command)
    command.add_argument("--teacher", type=Path, default=TEACHER)
    command.add_argument("--bm25", type=Path, help="what ./triptych bench bm25 --out wrote about the same documents, to stand beside them")
    command.add_argument("--out", type=Path, default=Path("../docs/attention/retrieval.json"))
    command.add_argument("--record", action="store_true", help="write the scores into the packages' triptych.json")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("compare-attention", help="measure time and memory of the attentions and write docs/attention.md")
    command.add_argument("--models", type=Path, default=Path("../models"))
    command.add_argument("--scores", type=Path, default=Path("../docs/attention/retrieval.json"), help="what evaluate-long wrote")
    command.add_argument("--machine", help="what the page says it was measured on")
    command.add_argument("--costs", type=Path, help="figures.json of an earlier run, to write its page again with other scores instead of measuring")
    command.add_argument("--out", type=Path, default=Path("../docs/attention.md"))
    command.set_defaults(run=_compare)


def _add_documents(command: argparse.ArgumentParser) -> None:
    """Which documents are held out depends on these alone."""
    command.add_argument("--tsv", type=Path, nargs="+", required=True)
    command.add_argument("--fewest-words", type=int, default=100)
    command.add_argument("--documents", type=int, help="how many of the held-out documents; all by default")
