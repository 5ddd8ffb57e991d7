"""Documents out of the segments of a parallel corpus, and a held-out part of them with titles to search by."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Catalogs of messages and word lists are no documents.
_NO_DOCUMENTS = ("ding", "mo_ui", "mo_sample", "mo_games", "lo_ui", "wesnoth")
_HELD_OUT_PART = 10


@dataclass(frozen=True)
class Document:
    """``title`` is the first segment, made longer by the next where it has under four words; ``body`` is all the rest."""

    name: str
    title: str
    body: str

    @property
    def words(self) -> int:
        return len(self.body.split())


def read_documents(paths: Iterable[Path], fewest_words: int) -> list[Document]:
    """The English side of ``English, German, document`` lines, a document's segments joined in their order."""
    segments: dict[str, list[str]] = {}
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                english, _, name = line.rstrip("\n").split("\t")
                if not name.startswith(_NO_DOCUMENTS):
                    segments.setdefault(name, []).append(english)
    documents = (_document(name, parts) for name, parts in segments.items())
    return [document for document in documents if document.words >= fewest_words]


def _document(name: str, segments: list[str]) -> Document:
    titles = 1 if len(segments[0].split()) >= 4 else 2
    return Document(name, " ".join(segments[:titles]), " ".join(segments[titles:]))


def digest(name: str) -> int:
    """A number that depends on a document's name alone."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def split_documents(documents: list[Document]) -> tuple[list[Document], list[Document]]:
    """Training and held-out documents, by the digest of their names; a title that occurs twice is held out nowhere.

    Training documents that share a title or a third of a held-out document's 5-grams are left out.
    """
    titles: dict[str, int] = {}
    for document in documents:
        titles[document.title.lower()] = titles.get(document.title.lower(), 0) + 1
    held = [d for d in documents if digest(d.name) % _HELD_OUT_PART == 0 and titles[d.title.lower()] == 1]
    names = {d.name for d in held}
    known = {gram for d in held for gram in _grams(d.body)}
    training = []
    for document in documents:
        grams = _grams(document.body)
        if document.name not in names and sum(gram in known for gram in grams) < len(grams) / 3:
            training.append(document)
    return sorted(training, key=lambda d: digest(d.name)), held


def _grams(text: str, size: int = 5) -> set[int]:
    words = text.lower().split()
    return {hash(tuple(words[i : i + size])) for i in range(max(1, len(words) - size + 1))}
