"""The students from a teacher's checkpoint to a scored package, with models of a few thousand parameters."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from foundry.checkpoint import pack, unpack
from foundry.corpus import Pair
from foundry.distill import collect, read_triples, shards, write_sources, write_triples
from foundry.evaluate import evaluate
from foundry.export import PackageInfo, export_translation
from foundry.export_students import check_students, golden_students, load_students
from foundry.fixture_texts import SENTENCES
from foundry.model import ModelShape, Translator
from foundry.optim import MasterOptimizer
from foundry.polish_ctc import CtcPolisher, PolishOptions
from foundry.train import TrainOptions, prepare
from foundry.train_mask_predict import MaskPredictOptions, MaskPredictTrainer
from foundry.train_students import JointTrainer, StudentOptions
from foundry.vocabulary import EOS, load_tokenizer, train_tokenizer

SHAPE = ModelShape(vocab_size=400, hidden_size=32, ffn_size=64, head_count=4, encoder_layers=2, decoder_layers=2)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A teacher that knows nothing, a text of sentences that translate to themselves, and the students' folder."""
    root = tmp_path_factory.mktemp("students")
    teacher, out, tsv = root / "teacher", root / "out", root / "pairs.tsv"
    teacher.mkdir()
    train_tokenizer(SENTENCES * 3, SHAPE.vocab_size).save(str(teacher / "tokenizer.json"))
    torch.manual_seed(5)
    model = Translator(SHAPE)
    state = {"shape": SHAPE.as_dict(), "optimizer": MasterOptimizer(model).state_dict()}
    torch.save(state, teacher / "checkpoint.pt")
    lines = [f"{text}\tJa, {text}\tman:{n}\n" for n, text in enumerate(SENTENCES) if len(text.split()) > 3]
    tsv.write_text("".join(lines), encoding="utf-8")
    dev = root / "dev.tsv"
    dev.write_text("A sentence that nobody trains on.\tEin Satz, mit dem niemand übt.\tman:other\n", encoding="utf-8")
    out.mkdir()
    shutil.copyfile(teacher / "tokenizer.json", out / "tokenizer.json")
    pairs = prepare(TrainOptions(train=tsv, dev=dev, out=out), SHAPE.vocab_size)["text"]
    write_triples(out / "distilled-000.npz", [(source, target, target) for source, target in pairs])
    return teacher, dev, out


def test_the_suites_translations_become_targets_less_failures_and_loops(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    teacher, dev, out = folders
    options = TrainOptions(train=out.parent / "pairs.tsv", dev=dev, out=tmp_path)
    assert write_sources(teacher, options) == 1
    sources = (tmp_path / "sources-000.txt").read_text(encoding="utf-8").splitlines()
    tokenizer = load_tokenizer(tmp_path)
    pools = prepare(options, SHAPE.vocab_size)
    assert sorted(sources) == sorted(tokenizer.decode(source.tolist()) for source, _ in pools["text"] + pools["interface"])
    translated = tmp_path / "sources-000.de.txt"
    translated.write_text("eins\n", encoding="utf-8")
    with pytest.raises(ValueError, match="1 lines"):
        collect(options)
    # The first was not translated, the second is a loop.
    translated.write_text("\n".join(["", "ja " * 40, *(f"Ja, {text}" for text in sources[2:])]) + "\n", encoding="utf-8")
    collect(options)
    (path,) = shards(tmp_path)
    triples = read_triples(path)
    assert [tokenizer.decode(source.tolist()) for source, _, _ in triples] == sources[2:]
    assert [tokenizer.decode(distilled.tolist()) for _, _, distilled in triples] == [f"Ja, {text}" for text in sources[2:]]
    assert all(distilled[-1] == EOS for _, _, distilled in triples)
    written = path.stat().st_mtime_ns
    collect(options)
    assert path.stat().st_mtime_ns == written


def test_from_the_teacher_to_a_scored_package(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    teacher, dev, out = folders
    options = StudentOptions(teacher=teacher, dev=dev, out=out, minutes=10, tokens=200)
    joint = JointTrainer(options)
    assert joint.batches.pairs
    encoder = joint.model.encoder[0].up.weight.clone()
    for _ in range(8):
        joint.train_step(0.0)
    assert torch.equal(joint.model.encoder[0].up.weight, encoder)
    joint.losses = dict.fromkeys(joint.losses, 0.0)
    joint.train_step(310.0)
    first = dict(joint.losses)
    for _ in range(25):
        joint.train_step(310.0)
    assert not torch.equal(joint.model.encoder[0].up.weight, encoder)
    assert all(joint.losses[name] < first[name] for name in ("ar", "ctc", "tokens"))
    assert "mask-predict" in joint.evaluate()
    joint.save(310.0)
    resumed = JointTrainer(StudentOptions(**{**options.__dict__, "resume": True}))
    assert (resumed.step, resumed.elapsed_before) == (joint.step, 310.0)
    assert all(map(torch.equal, resumed.optimizers[1].masters, joint.optimizers[1].masters))
    assert all(map(torch.equal, resumed.mask_predict.weights().values(), joint.mask_predict.weights().values()))
    pack(out, tmp_path / "packed")
    unpack(tmp_path / "packed", tmp_path / "again", finished=True)
    shutil.copyfile(shards(out)[0], tmp_path / "again" / shards(out)[0].name)
    unpacked = JointTrainer(StudentOptions(**{**options.__dict__, "resume": True, "out": tmp_path / "again"}))
    for left, right in zip(unpacked.optimizers[1].masters, joint.optimizers[1].masters):
        assert torch.allclose(left, right, rtol=1e-2, atol=1e-3)

    refined = MaskPredictTrainer(MaskPredictOptions(dev=dev, out=out, minutes=10, average=1, tokens=200))
    refined.train_step(0.0)
    first = dict(refined.losses)
    for _ in range(25):
        refined.train_step(0.0)
    assert refined.losses["tokens"] < first["tokens"]
    assert "4:" in refined.evaluate()
    refined.save(10.0)

    assert load_students(out, 1).mask_predict is not None

    polisher = CtcPolisher(PolishOptions(dev=dev, out=out, minutes=10, average=1, tokens=200))
    encoder = polisher.model.encoder[0].up.weight.clone()
    polisher.train_step(0.0)
    first_loss = polisher.loss
    for _ in range(25):
        polisher.train_step(0.0)
    assert polisher.loss < first_loss
    assert torch.equal(polisher.model.encoder[0].up.weight, encoder)
    assert "ctc" in polisher.evaluate()
    polisher.save(10.0)

    package = tmp_path / "package"
    export_translation(out, package, PackageInfo("en", "de", "none", "none"), average=1, int8=False, calibration=SENTENCES)
    decoders = json.loads((package / "triptych.json").read_text(encoding="utf-8"))["decoders"]
    assert set(decoders) == {"autoregressive", "ctc", "mask-predict", "speculative"}
    differences = check_students(package, load_students(out, 1), SENTENCES[:5])
    assert differences["ctc equal outputs"] == differences["mask-predict equal outputs"] == differences["texts"]
    assert all(value < 1e-3 for name, value in differences.items() if "difference" in name)
    pairs = [Pair(text, text, "man:x") for text in SENTENCES[:4]]
    for strategy in ("greedy", "ctc", "mask-predict", "mask-predict-1"):
        scores, texts = evaluate(package, pairs, strategy, "")
        assert scores["all"]["pairs"] == len(texts) == 4
    with pytest.raises(ValueError, match="telepathy"):
        evaluate(package, pairs, "telepathy", "")
    for case in golden_students(package, SENTENCES, 2):
        refined_case = case["mask-predict-4"]
        lengths = [len(candidate["ids"]) for candidate in refined_case["candidates"]]
        assert len(set(lengths)) == 3 and len(refined_case["output_ids"]) in lengths
        assert refined_case["score"] == max(candidate["score"] for candidate in refined_case["candidates"])
