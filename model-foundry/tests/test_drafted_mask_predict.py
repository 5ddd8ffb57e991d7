"""Drafts that are revised: alignments by brute force, places by the served rule, and the choice of the autoregressive decoder."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from foundry.ctc import collapse
from foundry.drafted_mask_predict import DraftedMaskPredictTranslator, certainties, likeliest_path, open_places
from foundry.noisy_parallel import OutputScorer
from foundry.student_decoding import CtcTranslator
from foundry.vocabulary import load_tokenizer

PACKAGE = Path(__file__).parents[2] / "models" / "triptych-en-de"


@pytest.mark.parametrize("seed", range(6))
def test_the_likeliest_path_is_that_of_all_paths(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames, ids = 5, [[1], [1, 2], [1, 1], [2, 1, 2], [2, 2, 1], []][seed]
    log_probs = np.log(rng.dirichlet(np.ones(3), frames))
    fitting = [path for path in itertools.product(range(3), repeat=frames) if collapse(list(path), 0) == ids]
    best = max(fitting, key=lambda path: sum(log_probs[frame, token] for frame, token in enumerate(path)))
    path = likeliest_path(log_probs, ids, 0)
    assert [0 if place < 0 else ids[place] for place in path] == list(best)
    # Places go up by one, so the frames of equal neighbors stay apart.
    assert [place for at, place in enumerate(path) if place >= 0 and place not in path[:at]] == list(range(len(ids)))
    expected = [max(log_probs[frame, ids[place]] for frame in range(frames) if path[frame] == place) for place in range(len(ids))]
    assert np.allclose(certainties(log_probs, ids, 0), expected)


def test_three_tenths_are_open_at_first_and_fewer_later() -> None:
    certainty = np.array([-1.0, -5.0, -0.1, -0.2, -3.0, -0.3, -0.4])
    assert np.flatnonzero(open_places(certainty, 0, 1)).tolist() == [0, 1, 4]
    assert np.flatnonzero(open_places(certainty, 1, 2)).tolist() == [1, 4]
    assert open_places(np.array([-1.0]), 0, 1).all()


def test_an_output_is_as_likely_as_the_best_draft_at_least_and_a_row_ignores_its_batch() -> None:
    texts = ["Open the file.", "This option is required to erase a partition table.", "Show hidden files"]
    tokenizer = load_tokenizer(PACKAGE)
    rows = [tokenizer.encode(text).ids for text in texts]
    translator = DraftedMaskPredictTranslator(PACKAGE, "", 1, candidates=4)
    outputs = translator.generate(rows)
    drafter, scorer = CtcTranslator(PACKAGE, "", 1, served=True), OutputScorer(PACKAGE, "", 1)

    def per_token(row: list[int], ids: list[int]) -> float:
        return scorer.log_probs(row, [ids])[0] / (len(ids) + 1)

    for row, output in zip(rows, outputs):
        (beam,) = drafter.beams([row], 4)
        assert per_token(row, output) >= max(per_token(row, draft.ids) for draft in beam) - 1e-6
        assert translator.generate([row]) == [output]
