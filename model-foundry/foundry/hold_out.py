"""Splits off a held-out part of a corpus that comes without one."""

from __future__ import annotations

import logging
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

from foundry.corpora.build import write_pairs
from foundry.corpora.split import split
from foundry.corpus import read_pairs

log = logging.getLogger("foundry.train")

_SHARE, _MOST = 0.05, 500


def hold_out(tsv: Path, out: Path, seed: int) -> tuple[Path, Path]:
    """Writes ``train.tsv.gz`` and ``dev.tsv.gz`` under ``out`` and returns their paths; a split made before is kept.

    Whole documents are held out until they make a twentieth of the pairs or 500; where all pairs are of one document, every
    line counts as one. Pairs that resemble held-out text are left out of training.
    """
    train, dev = out / "train.tsv.gz", out / "dev.tsv.gz"
    if train.exists() and dev.exists():
        return train, dev
    out.mkdir(parents=True, exist_ok=True)
    pairs = list(read_pairs(tsv))
    sizes = Counter(pair.document for pair in pairs)
    if len(sizes) < 2:
        pairs = [replace(pair, document=f"line:{number}") for number, pair in enumerate(pairs, 1)]
        sizes = Counter(pair.document for pair in pairs)
    wanted = min(_MOST, int(len(pairs) * _SHARE))
    names = sorted(sizes)
    random.Random(seed).shuffle(names)
    chosen: set[str] = set()
    held = 0
    for name in names:
        if held < wanted and held + sizes[name] <= 2 * wanted:
            chosen.add(name)
            held += sizes[name]
    if not chosen:
        raise ValueError(f"{tsv} has {len(pairs)} pairs in {len(sizes)} documents: too few to hold any out, so give --dev")
    parts = split(pairs, {"dev": frozenset(chosen)}, {})
    write_pairs(train, parts["train"])
    write_pairs(dev, parts["dev"])
    log.info("held out %d pairs of %d documents, %d pairs left to train on", len(parts["dev"]), len(chosen), len(parts["train"]))
    return train, dev
