"""Command line of the foundry: ``python -m foundry COMMAND``."""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import re
from pathlib import Path

import torch

from foundry.card_commands import add_commands as add_card_commands
from foundry.long_inputs.commands import add_commands as add_long_commands
from foundry.student_commands import add_commands as add_student_commands
from foundry.vision_commands import add_commands as add_vision_commands

MODELS = Path(__file__).resolve().parents[2] / "models"


def language_pair(text: str) -> str:
    """Checks that ``text`` names two languages, such as ``en-de``."""
    if not re.fullmatch(r"[a-z]{2,3}-[a-z]{2,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no pair of language codes such as en-de")
    return text


def split_pair(pair: str) -> tuple[str, str]:
    source, _, target = pair.partition("-")
    return source, target


def _train(arguments: argparse.Namespace) -> None:
    from foundry.hold_out import hold_out
    from foundry.model import ModelShape
    from foundry.train import TrainOptions, train

    shape = ModelShape(
        vocab_size=arguments.vocab, hidden_size=arguments.hidden, ffn_size=4 * arguments.hidden,
        head_count=arguments.heads, encoder_layers=arguments.encoder_layers, decoder_layers=arguments.decoder_layers,
    )
    out = arguments.out or Path("work") / arguments.pair
    tsv, dev = (arguments.tsv, arguments.dev) if arguments.dev else hold_out(arguments.tsv, out, arguments.seed)
    options = TrainOptions(
        pair=arguments.pair, train=tsv, dev=dev, out=out, minutes=arguments.minutes, rate=arguments.rate,
        tokens=arguments.tokens, dropout=arguments.dropout, seed=arguments.seed, max_steps=arguments.max_steps,
        resume=arguments.resume,
    )
    shares = {"text": 1 - arguments.interface_share - arguments.dictionary_share}
    shares |= {"interface": arguments.interface_share, "dictionary": arguments.dictionary_share}
    train(options, shape, shares)


def _corpus(arguments: argparse.Namespace) -> None:
    from foundry.corpora.archive import ArchiveUnavailable
    from foundry.corpora.build import SOURCES, build

    unknown = set(arguments.sources) - set(SOURCES)
    if unknown:
        raise SystemExit(f"foundry corpus: no source {', '.join(sorted(unknown))}; there are {', '.join(SOURCES)}")
    try:
        build(arguments.out, arguments.sources or list(SOURCES))
    except ArchiveUnavailable as reason:
        raise SystemExit(f"foundry corpus: {reason}") from None


def _ablate(arguments: argparse.Namespace) -> None:
    from foundry.ablate import ablate

    ablate(arguments.tsv, arguments.out, arguments.steps)


def _golden_embeddings(arguments: argparse.Namespace) -> None:
    from foundry.embed import write_golden_embeddings

    write_golden_embeddings(arguments.model, arguments.out)


def _engine_graphs(_: argparse.Namespace) -> None:
    from foundry.engine_graphs import write_engine_graphs

    write_engine_graphs()


def _golden_inference(arguments: argparse.Namespace) -> None:
    from foundry.golden_inference import write_golden_inference

    write_golden_inference(arguments.model, arguments.out, arguments.size)


def _fixtures(arguments: argparse.Namespace) -> None:
    from foundry.fixtures import write_fixtures

    write_fixtures(arguments.out, arguments.names)


def _search_fixtures(arguments: argparse.Namespace) -> None:
    from foundry.search_fixtures import write_search_fixtures

    write_search_fixtures(arguments.out)


def _export(arguments: argparse.Namespace) -> None:
    from foundry.convert import recorded_pair
    from foundry.export import PackageInfo, export_translation, golden_cases
    from foundry.export_checkpoint import UnsupportedCheckpoint, export_checkpoint

    checkpoint: Path = arguments.checkpoint
    out = arguments.out or MODELS / checkpoint.resolve().name
    if (checkpoint / "config.json").exists():
        info = PackageInfo(*split_pair(arguments.pair or ""), arguments.licence, arguments.provenance)
        try:
            export_checkpoint(checkpoint, out, info, arguments.int8, arguments.golden_texts.read_text(encoding="utf-8").splitlines(),
                              arguments.fp16)
        except UnsupportedCheckpoint as reason:
            raise SystemExit(f"foundry export: {reason}") from None
        return
    if not any(checkpoint.glob("weights-*.pt")):
        raise SystemExit(f"foundry export: {checkpoint} is neither a training of the foundry (weights-*.pt) nor a Hugging Face checkpoint (config.json)")
    pair = arguments.pair or recorded_pair(checkpoint)
    if not pair:
        raise SystemExit(f"foundry export: {checkpoint} does not record its languages: give --pair")
    info = PackageInfo(*split_pair(pair), arguments.licence, arguments.provenance)
    texts = arguments.golden_texts.read_text(encoding="utf-8").splitlines()
    model = export_translation(checkpoint, out, info, arguments.average, arguments.int8, texts)
    if arguments.golden:
        cases = golden_cases(out, model, texts)
        arguments.golden.parent.mkdir(parents=True, exist_ok=True)
        arguments.golden.write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _evaluate(arguments: argparse.Namespace) -> None:
    from foundry.corpus import read_pairs
    from foundry.evaluate import evaluate
    from foundry.export import record_metrics

    pairs = list(read_pairs(arguments.dev))
    scores = {}
    for strategy, variant in itertools.product(arguments.strategies, arguments.variants):
        suffix = "" if variant == "fp32" else f"_{variant}"
        name = f"{strategy}{suffix}"
        scores[name], hypotheses = evaluate(arguments.model, pairs, strategy, suffix)
        if arguments.translations:
            rows = (f"{pair.source}\t{pair.target}\t{text}\n" for pair, text in zip(pairs, hypotheses))
            arguments.translations.with_suffix(f".{name}.tsv").write_text("".join(rows), encoding="utf-8")
    print(json.dumps(scores, indent=1))
    if arguments.record:
        record_metrics(arguments.model, scores)


def _golden_prompts(arguments: argparse.Namespace) -> None:
    from foundry.golden_prompts import write_golden_prompts

    write_golden_prompts(arguments.model, arguments.out)


def _bench_generate(arguments: argparse.Namespace) -> None:
    from foundry.bench_generate import serve

    serve(arguments.model)


def _attention(arguments: argparse.Namespace) -> None:
    from foundry.attention import add_attention

    print(add_attention(arguments.model))


def _pack(arguments: argparse.Namespace) -> None:
    from foundry.checkpoint import pack

    pack(arguments.training, arguments.out)


def _unpack(arguments: argparse.Namespace) -> None:
    from foundry.checkpoint import unpack

    unpack(arguments.packed, arguments.training, finished=not arguments.keep_clock)


def _flags_art(arguments: argparse.Namespace) -> None:
    from foundry.flag_art import collect_backgrounds, render_distractors, render_flags

    render_flags(arguments.packages, arguments.out)
    render_distractors(arguments.packages, arguments.out)
    collect_backgrounds(arguments.photos, arguments.out)


def _train_flags(arguments: argparse.Namespace) -> None:
    from foundry.train_vision import VisionOptions, new_shape, train_flags

    options = VisionOptions(art=arguments.art, out=arguments.out, minutes=arguments.minutes, rate=arguments.rate,
                            batch=arguments.batch, makers=arguments.makers, resume=arguments.resume,
                            no_flag_share=arguments.no_flag_share, start_from=arguments.start_from)
    train_flags(options, new_shape(arguments.size, arguments.hidden, arguments.layers))


def _export_flags(arguments: argparse.Namespace) -> None:
    from foundry.export_vision import FlagInfo, export_flags

    info = FlagInfo(arguments.licence, arguments.provenance, arguments.no_flag_bias)
    print(f"largest difference to PyTorch {export_flags(arguments.training, arguments.out, info):.1e}")


def _flag_samples(arguments: argparse.Namespace) -> None:
    from foundry.export_vision import write_samples

    write_samples(arguments.art, arguments.out, arguments.codes, arguments.photo)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="foundry", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("train", help="train a translation model against a deadline")
    command.add_argument("--pair", type=language_pair, required=True, help="languages, such as en-de")
    command.add_argument("--tsv", type=Path, required=True, help="training pairs: source, target, document (may be missing)")
    command.add_argument("--dev", type=Path, help="held-out pairs; their documents stay out of training. By default a part is split off")
    command.add_argument("--out", type=Path, help="by default work/PAIR")
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

    command = commands.add_parser("corpus", help="extract parallel text from Debian packages: train.tsv.gz and dev.tsv.gz")
    command.add_argument("pair", choices=["en-de"])
    command.add_argument("--out", type=Path, default=Path("work/corpus"))
    command.add_argument("--sources", nargs="+", default=[], help="only these; all by default")
    command.set_defaults(run=_corpus)

    command = commands.add_parser("ablate", help="small trainings with a part of the Transformer taken away, plotted")
    command.add_argument("--tsv", type=Path, required=True)
    command.add_argument("--out", type=Path, default=Path("../docs/experiments"))
    command.add_argument("--steps", type=int, default=1000)
    command.set_defaults(run=_ablate)

    command = commands.add_parser("engine-graphs", help="write the engine's own small graphs")
    command.set_defaults(run=_engine_graphs)

    command = commands.add_parser("fixtures", help="write tiny models and golden outputs for the Java tests")
    command.add_argument("names", nargs="*", help="which ones; all by default")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_fixtures)

    command = commands.add_parser("golden-embeddings", help="write vectors of an encoder package for the Java tests")
    command.add_argument("--model", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_golden_embeddings)

    command = commands.add_parser("golden-inference", help="write a request to a package's graph and onnxruntime's answer for the Java tests")
    command.add_argument("--model", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--size", type=int, default=32, help="edge of the pictures")
    command.set_defaults(run=_golden_inference)

    command = commands.add_parser("golden-prompts", help="write how likely PyTorch finds prompts, for the Java tests")
    command.add_argument("--model", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_golden_prompts)

    command = commands.add_parser("search-fixtures", help="write golden outputs of generate() and its logits processors")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_search_fixtures)

    command = commands.add_parser("export", help="write a training or a Hugging Face checkpoint as a model package")
    command.add_argument("--from", type=Path, required=True, dest="checkpoint", help="folder of a training, or of a Hugging Face checkpoint")
    command.add_argument("--out", type=Path, help="by default models/NAME of the suite, where it is served from")
    command.add_argument("--pair", type=language_pair, help="languages, such as en-de, where the checkpoint does not record them")
    command.add_argument("--average", type=int, default=3, help="how many of a training's last snapshots to average")
    command.add_argument("--int8", action="store_true", help="also write the _quantized graphs")
    command.add_argument("--fp16", action="store_true", help="also write _fp16 graphs, of a Hugging Face checkpoint")
    command.add_argument("--licence", default="")
    command.add_argument("--provenance", default="", help="what the model was trained on")
    command.add_argument("--golden", type=Path, help="also write reference ids for --golden-texts to this file")
    command.add_argument("--golden-texts", type=Path, default=Path("data/golden-texts.txt"))
    command.set_defaults(run=_export)

    command = commands.add_parser("evaluate", help="BLEU and chrF of a translation package on held-out pairs")
    command.add_argument("--model", type=Path, required=True)
    command.add_argument("--dev", type=Path, required=True)
    command.add_argument("--strategies", nargs="+", default=["greedy"],
                         help="greedy, ctc, ctc-best-of-CANDIDATES, mask-predict, mask-predict-ITERATIONS")
    command.add_argument("--variants", nargs="+", default=["fp32"])
    command.add_argument("--translations", type=Path, help="write source, reference and translation to PATH.STRATEGY.tsv")
    command.add_argument("--record", action="store_true", help="write the scores into the package's triptych.json")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("bench-generate", help="time transformers' generate() on a package's weights, for ./triptych bench transformers")
    command.add_argument("--model", type=Path, required=True)
    command.set_defaults(run=_bench_generate)

    command = commands.add_parser("attention", help="add the graph that shows a translation or vision package's attention")
    command.add_argument("--model", type=Path, required=True)
    command.set_defaults(run=_attention)

    command = commands.add_parser("pack-checkpoint", help="shrink a training's state so that it can be committed")
    command.add_argument("--training", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_pack)

    command = commands.add_parser("unpack-checkpoint", help="make a folder to resume from out of a packed state")
    command.add_argument("--packed", type=Path, required=True)
    command.add_argument("--training", type=Path, required=True)
    command.add_argument("--keep-clock", action="store_true", help="go on within the old time budget instead of a new one")
    command.set_defaults(run=_unpack)

    command = commands.add_parser("flags-art", help="render the flag drawings and collect background photographs")
    command.add_argument("--packages", type=Path, required=True, help="folder with one unpacked npm package per drawing set")
    command.add_argument("--photos", type=Path, required=True, help="folder with the unpacked photograph packages")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_flags_art)

    command = commands.add_parser("train-flags", help="train the flag classifier against a deadline")
    command.add_argument("--art", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--minutes", type=float, default=28)
    command.add_argument("--rate", type=float, default=1.5e-3)
    command.add_argument("--batch", type=int, default=96)
    command.add_argument("--makers", type=int, default=1, help="processes that compose pictures")
    command.add_argument("--no-flag-share", type=float, default=0.06, help="share of pictures without a flag")
    command.add_argument("--start-from", type=Path, help="training folder whose weights to start from")
    command.add_argument("--size", type=int, default=128)
    command.add_argument("--hidden", type=int, default=256)
    command.add_argument("--layers", type=int, default=8)
    command.add_argument("--resume", action="store_true")
    command.set_defaults(run=_train_flags)

    command = commands.add_parser("export-flags", help="write the flag classifier as a model package")
    command.add_argument("--training", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--licence", required=True)
    command.add_argument("--provenance", required=True)
    command.add_argument("--no-flag-bias", type=float, default=0.0, help='added to the logit of "no flag"')
    command.set_defaults(run=_export_flags)

    command = commands.add_parser("flag-samples", help="write test pictures of unseen drawings over a held-out photograph")
    command.add_argument("--art", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--codes", nargs="+", default=["br", "jp", "ke"])
    command.add_argument("--photo", default="seeding")
    command.set_defaults(run=_flag_samples)
    add_student_commands(commands)
    add_vision_commands(commands)
    add_long_commands(commands)
    add_card_commands(commands)
    return parser


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    arguments = _parser().parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.run(arguments)


if __name__ == "__main__":
    main()
