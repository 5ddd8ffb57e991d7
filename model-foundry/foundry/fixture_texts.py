"""Texts, tokenizers and JSON for the test fixtures."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SENTENCES = [
    "The printer is out of paper.", "Der Drucker hat kein Papier mehr.",
    "Open the file and save a copy under another name.", "Öffnen Sie die Datei und speichern Sie eine Kopie.",
    "Press the button to start the search.", "Drücken Sie den Knopf, um die Suche zu starten.",
    "You can change the color of every window.", "Sie können die Farbe jedes Fensters ändern.",
    "The network connection was lost at 10:42.", "Die Verbindung zum Netz brach um 10:42 ab.",
    "Nothing was found; try a shorter word.", "Es wurde nichts gefunden; suchen Sie ein kürzeres Wort.",
    "The password must have at least 8 characters.", "Das Passwort braucht mindestens 8 Zeichen.",
    "Do you want to delete %s for good?", "Möchten Sie %s endgültig löschen?",
    "Three little birds sat on the fence and sang.", "Drei kleine Vögel saßen auf dem Zaun und sangen.",
    "Hello {name}, you have {count} new messages.", "Hallo {name}, Sie haben {count} neue Nachrichten.",
]
TEXTS = [
    "Open the file.", "Öffnen Sie die Datei!", "Hello  {name}, 100 % of %s is done.", "naïve café – “quoted”", "漢字 and 😀",
    "a\tb\nc", "", "x", "Die Straße heißt „Am Zoo“.",
]


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def tokenizer_golden(tokenizer: Tokenizer, folder: Path) -> None:
    cases = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True)})
    write_json(folder / "golden-tokenizer.json", cases)


def marian_tokenizer(size: int) -> Tokenizer:
    # Marian's order of specials: end of sequence first, padding (also the start token) last.
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(vocab_size=size - 1, special_tokens=["</s>", "<unk>"], unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.add_special_tokens(["<pad>"])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 0)])
    return tokenizer


def bert_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(SENTENCES, trainers.WordPieceTrainer(vocab_size=250, special_tokens=specials, show_progress=False))
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


def unigram_tokenizer(size: int, specials: list[str], end: str) -> Tokenizer:
    """SentencePiece's unigram model as T5 and mBART have it: ``specials`` come first, ``end`` closes every text."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=specials, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single=f"$A {end}", special_tokens=[(end, specials.index(end))])
    return tokenizer


def byte_level_tokenizer(size: int, specials: list[str], begin: str | None = None, end: str | None = None) -> Tokenizer:
    """Byte-pair encoding over bytes as GPT-2, BART, Llama 3 and Qwen have it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=specials, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    if begin or end:
        template = " ".join(part for part in (begin, "$A", end) if part)
        named = [(token, specials.index(token)) for token in dict.fromkeys((begin, end)) if token]
        tokenizer.post_processor = processors.TemplateProcessing(single=template, special_tokens=named)
    return tokenizer
