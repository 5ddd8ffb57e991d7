"""What a translation package makes of chosen sentences, for its card."""

from __future__ import annotations

import json
from pathlib import Path

from foundry.evaluate import translate

STRATEGIES = ("greedy", "ctc")


def translated_samples(package: Path, samples: Path) -> list[dict[str, str]]:
    """Each sentence of a file ``[{"source", "remark"}]`` with its translation by every strategy."""
    given = json.loads(samples.read_text(encoding="utf-8"))
    # One at a time, so that no sentence depends on its neighbors in an int8 batch.
    found = {strategy: [translate(package, [sample["source"]], strategy, "")[0] for sample in given] for strategy in STRATEGIES}
    return [sample | {strategy: texts[at] for strategy, texts in found.items()} for at, sample in enumerate(given)]
