"""Classes, composition and the way of the flag classifier to Hugging Face."""

import numpy as np
import pytest
import torch
from PIL import Image

from foundry.calibrate_flags import sweep
from foundry.compose import NO_FLAG_CLASS, Art, Composer, Difficulty
from foundry.countries import CODES, MERGED, NAMES, NO_FLAG, labels
from foundry.flag_art import emoji_points
from foundry.train_vision import normalize
from foundry.vision_model import FlagClassifier, VisionShape, vit_to_hugging_face


def art() -> Art:
    rng = np.random.default_rng(0)
    flags = [[Image.fromarray(np.full((60, 90, 4), (i, 255 - i, i * 7 % 256, 255), np.uint8))] for i in range(len(CODES))]
    return Art(flags, [Image.fromarray(rng.integers(0, 255, (200, 300, 3), dtype=np.uint8))])


def test_every_class_has_its_own_name_and_merged_flags_have_none() -> None:
    assert len(CODES) == 198 and len(set(labels())) == 199 and labels()[NO_FLAG_CLASS] == NO_FLAG
    assert not set(MERGED) & set(CODES) and set(MERGED.values()) <= set(NAMES)


def test_emoji_names_follow_the_code() -> None:
    assert emoji_points("de") == "1f1e9-1f1ea"


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_pictures_have_the_size_and_the_same_seed_gives_the_same_picture(level: float) -> None:
    first, second = (Composer(art(), 64, 7) for _ in range(2))
    for label in (0, 5, NO_FLAG_CLASS):
        left, right = first.picture(label, Difficulty(level)), second.picture(label, Difficulty(level))
        assert left.size == (64, 64) and left.mode == "RGB" and left.tobytes() == right.tobytes()


def test_a_plain_flag_fills_the_picture_with_its_color() -> None:
    values = np.asarray(Composer(art(), 64, 1).picture(100, Difficulty(0.0))).astype(int)
    near = np.abs(values - (100, 155, 700 % 256)).max(axis=2) < 12
    assert near.mean() > 0.4


def test_normalized_pixels_run_from_minus_one_to_one() -> None:
    pixels = normalize(np.array([[[[0, 128, 255]]]], dtype=np.uint8))
    assert pixels.shape == (1, 3, 1, 1) and pixels[0, 0, 0, 0] == -1 and pixels[0, 2, 0, 0] == 1


def test_same_logits_as_hugging_face() -> None:
    torch.manual_seed(1)
    shape = VisionShape(5, image_size=32, hidden_size=32, ffn_size=64, layers=2, head_count=4)
    own = FlagClassifier(shape).eval()
    torch.nn.init.normal_(own.class_embedding.weight)
    theirs = vit_to_hugging_face(shape, own.state_dict(), list("abcde"))
    pixels = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.allclose(own(pixels), theirs(pixel_values=pixels).logits, atol=1e-4)


def test_a_composer_for_samples_shows_its_photograph_only() -> None:
    photo = Image.new("RGB", (100, 100), (10, 200, 30))
    composer = Composer(Art(art().flags, [photo]), 64, 3, photos_only=True)
    for _ in range(5):
        corner = np.asarray(composer._background())[0, 0]
        assert corner.tolist() == [10, 200, 30]


def test_the_largest_bias_within_its_price_is_chosen() -> None:
    def logits(leads: list[float]) -> np.ndarray:
        values = np.full((len(leads), NO_FLAG_CLASS + 1), -9.0)
        values[:, 3], values[:, NO_FLAG_CLASS] = leads, 0
        return values

    found = sweep(logits([-1, 0.5, 1.5]), logits([0.7, 2.5, 3, 4]), np.full(4, 3), (0.0, 1.0, 2.0, 3.5))
    assert found.no_flag == [1 / 3, 2 / 3, 1, 1] and found.top1 == [1, 0.75, 0.75, 0.25]
    assert (found.chosen(0), found.chosen(0.25), found.chosen(0.5)) == (0, 2, 2)
