"""The share of a rollout on a mask, by brute force over pixels and against attention that looks at one place only."""

import numpy as np
import pytest

from foundry.evaluate_rollout import inside, rollout


@pytest.mark.parametrize("seed", range(5))
def test_the_share_inside_is_the_sum_over_pixels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(16))
    mask = rng.random((32, 32)) < 0.4
    pixels = np.repeat(np.repeat(weights.reshape(4, 4), 8, 0), 8, 1) / 64
    assert inside(weights, mask) == pytest.approx(float(pixels[mask].sum()))
    assert inside(weights, np.ones((32, 32), bool)) == pytest.approx(1)


def test_what_the_class_token_alone_looks_at_gets_all_the_weight() -> None:
    tokens = 17
    layer = np.tile(np.eye(tokens), (3, 1, 1))
    layer[:, 0] = 0
    layer[:, 0, 5] = 1
    weights = rollout([layer, layer])
    assert weights[4] == pytest.approx(1)
    assert weights.sum() == pytest.approx(1)
