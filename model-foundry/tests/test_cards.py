"""The cards that are committed are those that the command writes, and no number is made up."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from foundry.cards import carded, parameters, render
from foundry.export import record_metrics, record_run, write_json

MODELS = Path(__file__).parents[2] / "models"


@pytest.mark.parametrize("package", carded(MODELS), ids=lambda package: package.name)
def test_a_committed_card_is_the_commands(package: Path) -> None:
    assert (package / "README.md").read_text(encoding="utf-8") == render(package), "python -m foundry card mends it"


def test_every_model_has_a_template() -> None:
    assert {package.name for package in carded(MODELS)} == {path.parent.name for path in MODELS.glob("*/triptych.json")}


def test_a_number_that_nothing_recorded_is_an_error(tmp_path: Path) -> None:
    package, templates = tmp_path / "model", tmp_path / "cards"
    for folder in (package, templates):
        folder.mkdir()
    (templates / "model.md").write_text("{{ provenance.history.first.steps | thousands }} steps, {{ metrics.bleu | fixed }} BLEU\n")
    write_json(package / "triptych.json", {"provenance": {"data": "none"}, "metrics": {}})
    record_run(package, "first", {"steps": 1234})
    with pytest.raises(UndefinedError, match="bleu"):
        render(package, templates)
    record_metrics(package, {"bleu": 31.46})
    assert render(package, templates) == "1,234 steps, 31.5 BLEU\n"


def test_weights_are_counted_once_and_without_those_of_others() -> None:
    package = MODELS / "triptych-en-de"
    alone, both = parameters(package, ["encoder_model"]), parameters(package, ["encoder_model", "decoder_model"])
    assert alone < both == parameters(package, ["encoder_model", "decoder_model", "decoder_model"])
    assert parameters(package, ["decoder_model"], beyond=["decoder_model"]) == 0
