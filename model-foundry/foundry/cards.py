"""Writes model cards: a template's words, and numbers out of the package itself and of what commands recorded in its manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import onnx
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from onnx import TensorProto

TEMPLATES = Path(__file__).parents[1] / "cards"
# Weights, whatever they are stored in; scales and shapes are not counted.
_SMALLEST = 256
_WEIGHTS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT8, TensorProto.UINT8)


def parameters(package: Path, stems: Iterable[str], beyond: Iterable[str] = ()) -> int:
    """How many weights graphs have, each counted once however often it is used, without those that ``beyond`` has as well."""
    mine, theirs = _weights(package, stems), _weights(package, beyond)
    return sum(count for key, count in mine.items() if key not in theirs)


def _weights(package: Path, stems: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for stem in stems:
        for tensor in onnx.load(str(package / "onnx" / f"{stem}.onnx"), load_external_data=False).graph.initializer:
            count = 1
            for extent in tensor.dims:
                count *= extent
            if count >= _SMALLEST and tensor.data_type in _WEIGHTS and not tensor.name.endswith("_scale"):
                place = json.dumps({entry.key: entry.value for entry in tensor.external_data}, sort_keys=True).encode()
                key = hashlib.sha256(place if tensor.data_location == TensorProto.EXTERNAL else tensor.raw_data).hexdigest()
                found[key] = count
    return found


def attention_layers(package: Path) -> int:
    """Layers of a vision model, by the attentions that it can show."""
    graph = onnx.load(str(package / "onnx" / "attention_model.onnx"), load_external_data=False).graph
    return sum(put.name.startswith("attentions.") for put in graph.output)


# An undefined value says what it is when it is made a number, but not when it is formatted.
def _thousands(number: float) -> str:
    return f"{float(number):,.0f}"


def _fixed(number: float, digits: int = 1) -> str:
    return f"{float(number):.{digits}f}"


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def _millions(number: float, digits: int = 1) -> str:
    return f"{number / 1e6:.{digits}f} million"


def _tiny(number: float) -> str:
    return f"{float(number):.1e}".replace("e-0", "e-")


def _score(scores: dict) -> str:
    """BLEU and chrF of a group of pairs."""
    return f"{scores['bleu']:.1f} / {scores['chrf']:.1f}"


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def render(package: Path, templates: Path = TEMPLATES) -> str:
    """A package's card by the template of its name. Fails where the template asks for a number that nothing recorded."""
    environment = Environment(loader=FileSystemLoader(templates), undefined=StrictUndefined, keep_trailing_newline=True,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"thousands": _thousands, "fixed": _fixed, "percent": _percent, "millions": _millions, "tiny": _tiny, "score": _score}
    manifest = _read(package / "triptych.json")
    return environment.get_template(f"{package.name}.md").render(
        name=package.name,
        manifest=manifest,
        metrics=manifest.get("metrics", {}),
        provenance=manifest.get("provenance", {}),
        config=_read(package / "config.json"),
        file=lambda path: _read(package / path),
        parameters=lambda *stems, beyond=(): parameters(package, stems, beyond),
        attention_layers=lambda: attention_layers(package),
        lines=lambda path: len((templates.parent / path).read_text(encoding="utf-8").splitlines()),
        cases=lambda path: len(_read(templates.parents[1] / path)),
    )


def carded(models: Path, templates: Path = TEMPLATES) -> list[Path]:
    """The packages that have a template."""
    return [models / path.stem for path in sorted(templates.glob("*.md")) if (models / path.stem / "triptych.json").exists()]


def write_cards(packages: Iterable[Path]) -> list[Path]:
    """Writes each package's ``README.md``; returns those that are another now."""
    changed = []
    for package in packages:
        text, card = render(package), package / "README.md"
        if not card.exists() or card.read_text(encoding="utf-8") != text:
            card.write_text(text, encoding="utf-8")
            changed.append(card)
    return changed
