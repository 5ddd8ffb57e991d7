"""Splits paragraphs into sentences and pairs the sentences of two aligned paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from foundry.corpora.align import Segment, align

# Of man pages, help in XML and HTML.
HEADINGS = frozenset({"SH", "SS", "title", "h1", "h2", "h3", "h4", "h5", "h6"})
_BOUNDARY = re.compile(r"""([.!?…][)"'»“”’]*)\s+(?=["'„“»«(\[]?[A-ZÄÖÜ0-9])""")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|ca|bzw|ggf|inkl|evtl|usw|sog|vgl|Nr|No|Dr|Mr|Mrs|Prof|St|Abb|Fig|Kap|max|min|Std|approx|"
    r"[zdsu]\. ?[BhoaäÄ]|[a-zA-ZÄÖÜ]|\d{1,2}))\.$"
)


def split_sentences(text: str) -> list[str]:
    """Cuts after a sentence end that a capital or a digit follows, but not after abbreviations and ordinals."""
    sentences, start = [], 0
    for match in _BOUNDARY.finditer(text):
        head = text[start : match.end(1)]
        if match.group(1) == "." and _ABBREVIATION.search(head):
            continue
        sentences.append(head.strip())
        start = match.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if sentence]


def sentence_pairs(source: str, target: str) -> Iterator[tuple[str, str]]:
    """Pairs of sentences, or of two and one where the translation merged or split; unmatched ones are left out."""
    left, right = split_sentences(source), split_sentences(target)
    if len(left) == len(right) == 1:
        yield left[0], right[0]
        return
    for rows, columns in align([Segment(text) for text in left], [Segment(text) for text in right]):
        if rows and columns and len(rows) + len(columns) < 4:
            yield " ".join(left[i] for i in rows), " ".join(right[j] for j in columns)


def sections(blocks: list[Segment]) -> list[list[Segment]]:
    """Cuts blocks before each heading."""
    parts: list[list[Segment]] = [[]]
    for block in blocks:
        if block.kind in HEADINGS and parts[-1]:
            parts.append([])
        parts[-1].append(block)
    return [part for part in parts if part]


def block_pairs(source: list[Segment], target: list[Segment]) -> Iterator[tuple[str, str]]:
    """Sentence pairs of two documents: one to one where the kinds of the blocks agree, else section by section where the
    headings agree, else by length."""
    if [block.kind for block in source] == [block.kind for block in target]:
        for left, right in zip(source, target):
            yield from sentence_pairs(left.text, right.text)
        return
    parts = sections(source), sections(target)
    if len(parts[0]) > 1 and [part[0].kind for part in parts[0]] == [part[0].kind for part in parts[1]]:
        for english, german in zip(*parts):
            yield from block_pairs(english, german)
        return
    for rows, columns in align(source, target):
        if len(rows) == len(columns) == 1:
            yield from sentence_pairs(source[rows[0]].text, target[columns[0]].text)
