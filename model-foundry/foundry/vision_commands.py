"""Command line of the flag models."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

LICENCE = "Apache-2.0 for the weights; see README.md for the drawings and photographs"
PROVENANCE = (
    "country flags composed over photographs: npm flag-icons 7.5.0, svg-country-flags 1.2.10, country-flag-icons 1.6.20, "
    "circle-flags 2.8.3, @twemoji/svg 15.0.0; photographs of Debian's lomiri-wallpapers-16.04 and opencv-doc and of scikit-image; "
    "started from the weights of triptych-flags"
)


def _train_finder(arguments: argparse.Namespace) -> None:
    from foundry.train_finder import FinderOptions, train_finder

    train_finder(FinderOptions(art=arguments.art, trunk=arguments.trunk, out=arguments.out, minutes=arguments.minutes,
                               rate=arguments.rate, batch=arguments.batch, size=arguments.size, resume=arguments.resume))


def _export_finder(arguments: argparse.Namespace) -> None:
    from foundry.export_finder import FinderInfo, export_finder

    info = FinderInfo(arguments.threshold, arguments.licence, arguments.provenance)
    for name, difference in export_finder(arguments.checkpoint, arguments.models, info).items():
        print(f"{name}: largest difference to PyTorch {difference:.1e}")


def _finder_threshold(arguments: argparse.Namespace) -> None:
    from foundry.evaluate_finder import choose_threshold
    from foundry.export import record_metrics

    threshold, f1 = choose_threshold(arguments.model, arguments.art, arguments.scenes)
    print(f"an object counts from a score of {threshold}: F1 {f1:.3f}")
    if arguments.record:
        record_metrics(arguments.model, {"threshold": {"scenes": arguments.scenes, "score": threshold, "f1": round(f1, 4)}})


def _no_flag_bias(arguments: argparse.Namespace) -> None:
    from foundry.calibrate_flags import calibrate
    from foundry.export import record_run

    calibration = calibrate(arguments.model, arguments.art, arguments.pictures)
    for bias, no_flag, top1 in zip(calibration.biases, calibration.no_flag, calibration.top1):
        print(f"bias {bias:.2f}: no flag {no_flag:.3f}, top-1 {top1:.3f}")
    chosen = calibration.chosen(arguments.price)
    print(f"the largest bias that costs at most {arguments.price} of top-1: {chosen}")
    if arguments.record:
        at = calibration.biases.index(chosen)
        record_run(arguments.record, "no_flag_bias", {
            "no_flag_without": calibration.no_flag[0], "no_flag_with": calibration.no_flag[at],
            "top1_without": calibration.top1[0], "top1_with": calibration.top1[at]})


def _evaluate_flags(arguments: argparse.Namespace) -> None:
    from foundry.evaluate_finder import evaluate_detector, evaluate_segmenter
    from foundry.export import record_metrics
    from foundry.export_vision import evaluate_flags

    ways = {"image-classification": (evaluate_flags, arguments.pictures), "object-detection": (evaluate_detector, arguments.scenes),
            "image-segmentation": (evaluate_segmenter, arguments.scenes)}
    for package in arguments.model:
        evaluate, count = ways[json.loads((package / "triptych.json").read_text(encoding="utf-8"))["task"]]
        scores = evaluate(package, arguments.art, count)
        print(json.dumps({package.name: scores}, indent=1))
        if arguments.record:
            record_metrics(package, scores)


def _evaluate_rollout(arguments: argparse.Namespace) -> None:
    from foundry.evaluate_rollout import evaluate_rollout
    from foundry.export import record_metrics

    scores = evaluate_rollout(arguments.model, arguments.art, arguments.pictures)
    print(json.dumps(scores, indent=1))
    if arguments.record:
        record_metrics(arguments.model, {"rollout": scores})


def _flag_collage(arguments: argparse.Namespace) -> None:
    from foundry.collage import write_collage

    write_collage(arguments.art, arguments.out, arguments.photo, arguments.flags, arguments.seed)


def _evaluate_collage(arguments: argparse.Namespace) -> None:
    from foundry.evaluate_finder import evaluate_collage
    from foundry.export import record_metrics

    found = evaluate_collage(arguments.model)
    print(json.dumps(found, indent=1))
    if arguments.record:
        record_metrics(arguments.model, {"collage": found})


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

    command = commands.add_parser("export-finder", help="write the flag finder as two model packages: boxes and masks")
    command.add_argument("--checkpoint", type=Path, default=Path("checkpoints/flag-finder/weights.pt"))
    command.add_argument("--models", type=Path, default=Path("../models"))
    command.add_argument("--threshold", type=float, default=0.45, help="score from which an object counts by default")
    command.add_argument("--licence", default=LICENCE)
    command.add_argument("--provenance", default=PROVENANCE)
    command.set_defaults(run=_export_finder)

    command = commands.add_parser("finder-threshold", help="the score from which an object should count, by the best F1")
    command.add_argument("--model", type=Path, default=Path("../models/triptych-flag-finder"))
    command.add_argument("--art", type=Path, required=True)
    command.add_argument("--scenes", type=int, default=800)
    command.add_argument("--record", action="store_true", help="write them into the package's triptych.json")
    command.set_defaults(run=_finder_threshold)

    command = commands.add_parser("evaluate-collage", help="what the finder makes of the collage that lies beside it")
    command.add_argument("--model", type=Path, default=Path("../models/triptych-flag-finder"))
    command.add_argument("--record", action="store_true", help="write it into the package's triptych.json")
    command.set_defaults(run=_evaluate_collage)

    command = commands.add_parser("no-flag-bias", help='what may be added to the logit of "no flag", by what it costs')
    command.add_argument("--model", type=Path, default=Path("../models/triptych-flags"))
    command.add_argument("--art", type=Path, required=True)
    command.add_argument("--pictures", type=int, default=594)
    command.add_argument("--price", type=float, default=0.01, help="share of top-1 that it may cost")
    command.add_argument("--record", type=Path, help="package, exported with that bias, whose triptych.json is to say what it does")
    command.set_defaults(run=_no_flag_bias)

    command = commands.add_parser("evaluate-flags", help="score packages of flag models on known and unseen drawings over held-out photographs")
    command.add_argument("--model", type=Path, nargs="+", required=True, help="packages: classifier, detector, segmenter")
    command.add_argument("--art", type=Path, required=True)
    command.add_argument("--pictures", type=int, default=990, help="for the classifier, of each kind")
    command.add_argument("--scenes", type=int, default=400, help="for the others, of each kind")
    command.add_argument("--record", action="store_true", help="write the scores into the packages' triptych.json")
    command.set_defaults(run=_evaluate_flags)

    command = commands.add_parser("evaluate-rollout", help="score how much of a flag model's attention rollout lies on the flag")
    command.add_argument("--model", type=Path, required=True)
    command.add_argument("--art", type=Path, required=True)
    command.add_argument("--pictures", type=int, default=200, help="of each kind")
    command.add_argument("--record", action="store_true", help="write the scores into the package's triptych.json")
    command.set_defaults(run=_evaluate_rollout)

    command = commands.add_parser("flag-collage", help="write a picture with several unseen drawings over a held-out photograph, and its true boxes")
    command.add_argument("--art", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--photo", default="seeding")
    command.add_argument("--flags", type=int, default=7)
    command.add_argument("--seed", type=int, default=6)
    command.set_defaults(run=_flag_collage)
