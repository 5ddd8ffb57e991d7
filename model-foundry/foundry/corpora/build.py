"""``foundry corpus``: extracts every source once, then cleans, splits and reports."""

from __future__ import annotations

import gzip
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from foundry.corpora import catalogs, descriptions, dictionary, docbook, htmldocs, manpages
from foundry.corpora.archive import Archive
from foundry.corpora.clean import fault, normalized
from foundry.corpora.split import held_out_documents, split
from foundry.corpus import Pair, read_pairs

log = logging.getLogger("foundry.corpus")

Extraction = Callable[[Archive], Iterator[tuple[str, list[Pair], str]]]
# In order of worth; the names are the part of a document before its colon.
SOURCES: dict[str, Extraction] = {
    "man": manpages.extract,
    "ddtp": descriptions.extract,
    "lohelp": htmldocs.extract_office_help,
    "gnomehelp": docbook.extract_gnome,
    "kdedoc": docbook.extract_kde,
    "debdocs": partial(htmldocs.extract_manuals, "debdocs"),
    "gimphelp": partial(htmldocs.extract_manuals, "gimphelp"),
    "lilypond": partial(htmldocs.extract_manuals, "lilypond"),
    "wesnoth": catalogs.extract_wesnoth,
    "lo_ui": catalogs.extract_office,
    "mo_ui": catalogs.extract_interfaces,
    "ding": dictionary.extract,
}


def write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    """Writes source, target, document; the same pairs give the same bytes."""
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed:
        for pair in pairs:
            packed.write(("\t".join((pair.source, pair.target, pair.document)) + "\n").encode("utf-8"))
    part.replace(path)


def extract_source(name: str, archive: Archive, out: Path) -> Path:
    """Writes the raw pairs of one source and returns the file; a source extracted before is left as it is."""
    path = out / "raw" / f"{name}.tsv.gz"
    if path.exists():
        log.info("%s: extracted before, kept (%s)", name, path)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    archive.refresh()

    def pairs() -> Iterator[Pair]:
        for unit, found, remark in SOURCES[name](archive):
            log.info("%s: %s: %d pairs%s", name, unit, len(found), f" ({remark})" if remark else "")
            yield from (normalized(pair) for pair in found)

    write_pairs(path, pairs())
    return path


def clean(pairs: Iterable[Pair], counts: Counter[tuple[str, str]]) -> list[Pair]:
    """Pairs without a fault; the others are counted by source and reason.

    A document that lost its umlauts before it was packaged is left out whole: the words that give it away are few.
    """
    kept: list[Pair] = []
    eaten: Counter[str] = Counter()
    for pair in pairs:
        reason = fault(pair)
        if reason is None:
            kept.append(pair)
        else:
            counts[pair.origin, reason] += 1
            eaten[pair.document] += reason == "eaten umlaut"
    sizes = Counter(pair.document for pair in kept)
    broken = {document for document, count in eaten.items() if count >= 3 and count > 0.02 * sizes[document]}
    for pair in kept:
        counts[pair.origin, "document without umlauts"] += pair.document in broken
    return [pair for pair in kept if pair.document not in broken]


def build(out: Path, names: list[str]) -> None:
    """Makes ``train.tsv.gz``, ``dev.tsv.gz``, ``test.tsv.gz`` and ``report.txt`` under ``out`` from the named sources."""
    archive = Archive(out / "apt")
    counts: Counter[tuple[str, str]] = Counter()
    kept: list[Pair] = []
    for name in names:
        kept += clean(read_pairs(extract_source(name, archive, out)), counts)
    parts = split(kept, held_out_documents(), counts)
    for part, pairs in parts.items():
        write_pairs(out / f"{part}.tsv.gz", pairs)
    report = "\n".join(table(parts, counts))
    (out / "report.txt").write_text(report + "\n", encoding="utf-8")
    print(report)


def table(parts: dict[str, list[Pair]], counts: dict[tuple[str, str], int]) -> Iterator[str]:
    """Lines of the report: pairs (of four words and more) and documents by source and part, then the rejections by reason."""
    origins = sorted({pair.origin for pairs in parts.values() for pair in pairs} | {origin for origin, _ in counts})
    yield f"{'source':10}" + "".join(f"{part:>10}{'4+ words':>10}{'documents':>11}" for part in parts)
    for origin in [*origins, "all"]:
        line = f"{origin:10}"
        for pairs in parts.values():
            mine = [pair for pair in pairs if origin in ("all", pair.origin)]
            line += f"{len(mine):10}{sum(len(pair.source.split()) >= 4 for pair in mine):10}{len({pair.document for pair in mine}):11}"
        yield line
    yield ""
    for origin in origins:
        reasons = sorted(((count, reason) for (name, reason), count in counts.items() if name == origin and count), reverse=True)
        yield f"{origin}: left out: " + (", ".join(f"{count} {reason}" for count, reason in reasons) or "nothing")
