"""The share of a rollout on a mask, by brute force over pixels and against attention that looks at one place only."""

import numpy as np
import pytest

from foundry.evaluate_rollout import deciding_tokens, inside, rollout


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
    weights = rollout([layer, layer], np.eye(tokens)[0], 1, 16)
    assert weights[4] == pytest.approx(1)
    assert weights.sum() == pytest.approx(1)


def test_the_tokens_that_decide_are_those_of_the_answer() -> None:
    assert deciding_tokens({}, {"task": "image-classification"}, 5, 2).tolist() == [1, 0, 0, 0, 0]
    detection = {"task": "object-detection", "detection": {"threshold": 0.5, "suppression_iou": 0.5}}
    logits = np.array([[9.0, 0, 0], [7, 0, 0], [0, 0, 9], [0, 9, 0]])
    boxes = np.array([[0.2, 0.2, 0.4, 0.4], [0.2, 0.2, 0.4, 0.4], [0.8, 0.8, 0.2, 0.2], [0.8, 0.8, 0.2, 0.2]])
    # The second query's box is the first one's, the third says that there is nothing.
    assert deciding_tokens({"logits": logits, "pred_boxes": boxes}, detection, 5, 2).tolist() == [0, 0.5, 0, 0, 0.5]
    nothing = {"logits": logits[[2, 2, 2, 2]] + np.array([[0.0], [0], [0], [-1]]) * [0, 0, 1], "pred_boxes": boxes}
    assert deciding_tokens(nothing, detection, 5, 2).tolist() == [0, 0, 0, 0, 1]
    flag = np.full((2, 4, 4), 0.0)
    flag[1] = -1
    flag[1, 0, 0] = flag[1, :2, 2:] = flag[1, 3, 0] = 1
    segmentation = {"task": "image-segmentation"}
    assert deciding_tokens({"logits": flag}, segmentation, 5, 2) == pytest.approx([0, 1 / 6, 4 / 6, 1 / 6, 0])
    assert deciding_tokens({"logits": -np.abs(flag) * [[[0]], [[1]]]}, segmentation, 5, 2).tolist() == [0, 0.25, 0.25, 0.25, 0.25]
