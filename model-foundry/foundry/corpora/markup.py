"""Turns HTML and XML trees into blocks of plain text in document order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from foundry.corpora.align import Segment

# Stands for a cross-reference whose text is not in the document; pairs that hold it are left out.
MISSING_REFERENCE = "\ufffc"


def local_name(element: etree._Element) -> str:
    """Tag without its namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


@dataclass(frozen=True)
class Dialect:
    """Which elements start a block, which are left out, and what stands for those that have no text of their own."""

    blocks: frozenset[str]
    skipped: frozenset[str]
    is_skipped: Callable[[etree._Element], bool] = lambda element: False
    replacement: Callable[[etree._Element], str | None] = lambda element: None


@dataclass
class _Walk:
    dialect: Dialect
    segments: list[Segment] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def flush(self, kind: str) -> None:
        text = " ".join("".join(self.parts).split())
        if text:
            self.segments.append(Segment(text, kind))
        self.parts = []

    def visit(self, element: etree._Element, kind: str) -> None:
        name, dialect = local_name(element), self.dialect
        if not name and not isinstance(element, etree._Entity):
            pass
        elif name in dialect.skipped or dialect.is_skipped(element):
            # A skipped block still parts the text around it.
            if name in dialect.blocks:
                self.flush(kind)
        elif (text := dialect.replacement(element)) is not None:
            self.parts.append(text)
        else:
            inner = name if name in dialect.blocks else kind
            if inner is not kind or name in dialect.blocks:
                self.flush(kind)
            self.parts.append(element.text or "")
            for child in element:
                self.visit(child, inner)
            if name in dialect.blocks:
                self.flush(inner)
        self.parts.append(element.tail or "")


def blocks(root: etree._Element, dialect: Dialect) -> list[Segment]:
    """Every block under ``root`` that has text; its kind is the tag that began it."""
    walk = _Walk(dialect)
    walk.visit(root, "")
    walk.parts = []
    return walk.segments


def block_text(element: etree._Element, dialect: Dialect) -> str:
    """The text of one element, blocks inside it joined by spaces."""
    return " ".join(segment.text for segment in blocks(element, dialect))
