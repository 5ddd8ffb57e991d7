"""The command-line part of the non-autoregressive students."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def _distill_sources(arguments: argparse.Namespace) -> None:
    from foundry.distill import write_sources
    from foundry.train import TrainOptions

    count = write_sources(arguments.teacher, TrainOptions(train=arguments.tsv, dev=arguments.dev, out=arguments.out))
    print(f"{count} files: translate each with ../triptych translate --output {arguments.out}/sources-NNN.de.txt, then distill-collect")


def _distill_collect(arguments: argparse.Namespace) -> None:
    from foundry.distill import collect
    from foundry.train import TrainOptions

    collect(TrainOptions(train=arguments.tsv, dev=arguments.dev, out=arguments.out))


def _train_students(arguments: argparse.Namespace) -> None:
    from foundry.train_students import StudentOptions, train_students

    train_students(StudentOptions(teacher=arguments.teacher, dev=arguments.dev, out=arguments.out, minutes=arguments.minutes,
                                  rate=arguments.rate, student_rate=arguments.student_rate, resume=arguments.resume))


def _train_mask_predict(arguments: argparse.Namespace) -> None:
    from foundry.train_mask_predict import MaskPredictOptions, train_mask_predict

    train_mask_predict(MaskPredictOptions(dev=arguments.dev, out=arguments.out, minutes=arguments.minutes, rate=arguments.rate,
                                          resume=arguments.resume))


def _polish_ctc(arguments: argparse.Namespace) -> None:
    from foundry.polish_ctc import PolishOptions, polish_ctc

    polish_ctc(PolishOptions(dev=arguments.dev, out=arguments.out, minutes=arguments.minutes, rate=arguments.rate))


def _calibrate_ctc(arguments: argparse.Namespace) -> None:
    from foundry.calibrate_ctc import calibrate_ctc
    from foundry.corpus import read_pairs, sample
    from foundry.export import record_run

    # Dictionary entries and interface strings would outnumber the sentences that the decoder is for.
    sentences = [pair for pair in read_pairs(arguments.tsv) if pair.origin != "wesnoth" and len(pair.source.split()) > 4]
    pairs = sample(sentences, arguments.sentences, 5)
    scores = calibrate_ctc(arguments.model, pairs)
    print(json.dumps(scores, indent=1))
    lowered = max(scores, key=lambda less: scores[less])
    record_run(arguments.model, "calibration", {
        "lowered_by": lowered, "pairs": len(pairs), "bleu": scores[lowered], "bleu_without": scores[0.0]})


def _check_students(arguments: argparse.Namespace) -> None:
    from foundry.corpus import read_pairs, sample
    from foundry.export_students import check_students, golden_students, load_students

    pairs = sample(list(read_pairs(arguments.dev)), arguments.sentences, 5)
    print(json.dumps(check_students(arguments.model, load_students(arguments.training, arguments.average),
                                    [pair.source for pair in pairs]), indent=1))
    if arguments.golden:
        texts = arguments.golden_texts.read_text(encoding="utf-8").splitlines()
        cases = golden_students(arguments.model, texts)
        arguments.golden.write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def add_commands(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("distill-sources", help="write training sources as text files for the suite to translate")
    command.add_argument("--teacher", type=Path, required=True, help="folder of the teacher's training")
    command.add_argument("--tsv", type=Path, required=True, help="training pairs: source, target, document")
    command.add_argument("--dev", type=Path, required=True, help="held-out pairs; their documents stay out of training")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_distill_sources)

    command = commands.add_parser("distill-collect", help="make the students' targets out of the suite's translations")
    command.add_argument("--tsv", type=Path, required=True, help="the pairs that distill-sources was given")
    command.add_argument("--dev", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_distill_collect)

    command = commands.add_parser("train-students", help="train the teacher further together with the CTC and the mask-predict student")
    command.add_argument("--teacher", type=Path, required=True, help="folder of the teacher's training")
    command.add_argument("--dev", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True, help="folder with the shards that distill-collect wrote")
    command.add_argument("--minutes", type=float, default=70)
    command.add_argument("--rate", type=float, default=1e-3, help="of the encoder and the autoregressive decoder")
    command.add_argument("--student-rate", type=float, default=2e-3)
    command.add_argument("--resume", action="store_true")
    command.set_defaults(run=_train_students)

    command = commands.add_parser("train-mask-predict", help="train the mask-predict student on over the finished encoder")
    command.add_argument("--dev", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True, help="folder of the joint training, with the shards")
    command.add_argument("--minutes", type=float, default=35)
    command.add_argument("--rate", type=float, default=2e-3)
    command.add_argument("--resume", action="store_true")
    command.set_defaults(run=_train_mask_predict)

    command = commands.add_parser("polish-ctc", help="train the CTC student on over the finished encoder")
    command.add_argument("--dev", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True, help="folder of the joint training, with the shards")
    command.add_argument("--minutes", type=float, default=15)
    command.add_argument("--rate", type=float, default=1e-3)
    command.set_defaults(run=_polish_ctc)

    command = commands.add_parser("calibrate-ctc", help="weigh the blank of a package's CTC decoder and serve it from an int8 graph")
    command.add_argument("--model", type=Path, required=True, help="the package; its CTC graphs and triptych.json are changed")
    command.add_argument("--tsv", type=Path, required=True, help="training pairs")
    command.add_argument("--sentences", type=int, default=800)
    command.set_defaults(run=_calibrate_ctc)

    command = commands.add_parser("check-students", help="compare a package's students with PyTorch; write golden outputs")
    command.add_argument("--training", type=Path, required=True)
    command.add_argument("--model", type=Path, required=True, help="the package exported from it")
    command.add_argument("--dev", type=Path, required=True)
    command.add_argument("--average", type=int, default=3)
    command.add_argument("--sentences", type=int, default=500)
    command.add_argument("--golden", type=Path, help="also write the reference decoders' outputs to this file")
    command.add_argument("--golden-texts", type=Path, default=Path("data/golden-texts.txt"))
    command.set_defaults(run=_check_students)
