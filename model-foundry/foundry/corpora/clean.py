"""Normalizes extracted pairs and names the faults of those that are left out."""

from __future__ import annotations

import re
import unicodedata

from foundry.corpus import Pair, rejection

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f]+")
_DANGLING = re.compile(
    r"\b(?:see|refer to|described in|called|siehe|in|unter|under|and|und|the|der|die|das|from|von|to|zu)\s+[.,;)](?:\s|$)|(?:^|\s)(?:\(\s*\)|[“\"„«»]\s*[”\"“»«])(?=\s|$|[.,])|\ufffc", re.I)
_JOINED_KEYS = re.compile(r"\b(?:Command|Cmd)(?:Ctrl|Strg)\b|\bOption(?:Alt)\b")
_ENGLISH = re.compile(r"\b(?:the|and|of|is|are|this|that|with|for|you|your|from|not|be|has|have|can|will)\b")
_GERMAN = re.compile(r"\b(?:der|die|das|und|von|ist|sind|dies\w*|mit|für|sie|ihr\w*|aus|nicht|werden|hat|kann|wird|ein\w*|zu|im|den|dem|des|auf)\b", re.I)
_WORD = re.compile(r"\w+")
_INTERFACE = ("mo_", "lo_ui")


def normalize(text: str) -> str:
    """Composed characters, single plain spaces, no invisible characters."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def normalized(pair: Pair) -> Pair:
    return Pair(normalize(pair.source), normalize(pair.target), pair.document)


def fault(pair: Pair) -> str | None:
    """Names what is wrong with a normalized pair, or ``None``: the trainer's own checks and those of an extraction."""
    source, target = pair.source, pair.target
    if not source or not target:
        return "empty"
    if not pair.origin.startswith(_INTERFACE) and _WORD.findall(source) == _WORD.findall(target):
        return "identical"
    if _JOINED_KEYS.search(source) or _JOINED_KEYS.search(target):
        return "joined keys"
    if _DANGLING.search(source) or _DANGLING.search(target):
        return "reference dropped"
    if len(_ENGLISH.findall(target)) >= 3 and not _GERMAN.search(target):
        return "untranslated"
    if len(_GERMAN.findall(source)) >= 4 and not _ENGLISH.search(source):
        return "source not English"
    return rejection(pair)
