"""The small model of the experiments: what each missing part changes, and nothing else."""

import gzip
import random
from pathlib import Path

import numpy as np
import torch

from foundry.ablate import ABLATIONS, batches, measure, plot, shuffled
from foundry.ablation_model import Ablation, AblationModel, sinusoids
from foundry.model import collate
from foundry.vocabulary import EOS, PAD

WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
BATCH = collate([(np.array([5, 6, 7, 8, 9, 10, EOS]), np.array([11, 12, EOS])), (np.array([20, 21, 22, EOS]), np.array([13, EOS]))])


def model(ablation: Ablation) -> AblationModel:
    torch.manual_seed(0)
    return AblationModel(ablation, 40, width=16, layers=2).eval()


def test_shuffling_keeps_the_words_the_end_and_the_padding() -> None:
    mixed = shuffled(BATCH.source)
    assert not torch.equal(mixed, BATCH.source)
    assert torch.equal(mixed.sort(1).values, BATCH.source.sort(1).values)
    assert torch.equal(mixed == PAD, BATCH.source == PAD) and torch.equal(mixed == EOS, BATCH.source == EOS)


def test_without_positions_the_order_of_the_source_makes_no_difference() -> None:
    bag, ordered = (measure(model(Ablation("x", positions=positions)), [BATCH]) for positions in (False, True))
    assert bag["largest_logit_change"] < 1e-4 < ordered["largest_logit_change"]


def test_the_decoder_sees_no_later_token_and_padding_does_not_leak() -> None:
    for ablation in ABLATIONS:
        network = model(ablation)
        with torch.no_grad():
            full = network(BATCH.source, BATCH.decoder_input)
            changed = BATCH.decoder_input.clone()
            changed[0, -1] = 30
            assert torch.allclose(network(BATCH.source, changed)[0, :-1], full[0, :-1], atol=1e-5)
            assert torch.allclose(network(BATCH.source[1:, :4], BATCH.decoder_input[1:]), full[1:], atol=1e-5)


def test_sinusoids_begin_with_zero_and_one() -> None:
    assert sinusoids(3, 4)[0].tolist() == [0.0, 1.0, 0.0, 1.0]


def test_the_same_numbers_give_the_same_picture(tmp_path) -> None:
    results = [{"name": ablation.name, "curve": [3.0, 2.0, 1.0]} for ablation in ABLATIONS]
    for name in ("one.svg", "two.svg"):
        plot(results, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_a_few_words_of_many_tokens_are_left_out(tmp_path: Path) -> None:
    rng = random.Random(1)
    rows = [(" ".join(rng.choices(WORDS, k=6)), " ".join(rng.choices(WORDS, k=6))) for _ in range(400)]
    for _ in range(40):
        path = "/".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=9)) for _ in range(12))
        rows.append((f"See {path} for the rest.", f"Siehe {path} wegen des Rests."))
    with gzip.open(tmp_path / "train.tsv.gz", "wt", encoding="utf-8") as out:
        out.writelines(f"{source}\t{target}\tman:page{i}\n" for i, (source, target) in enumerate(rows))
    training, held, _ = batches(tmp_path / "train.tsv.gz")
    assert training and held
    assert max(max(batch.source.shape[1], batch.decoder_input.shape[1]) for batch in [*training, *held]) <= 48
