"""Trains the joint subword vocabulary and writes it as a Hugging Face ``tokenizer.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

BOS, PAD, EOS, UNK = 0, 1, 2, 3
SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]
_BYTES = [f"<0x{value:02X}>" for value in range(256)]
# Digits alone and punctuation apart, each with the space before it, so numbers and placeholders copy piece by piece.
_PIECES = Regex(r"▁?\p{N}|▁?[^\p{L}\p{M}\p{N}▁]+")


def train_tokenizer(texts: Iterable[str], size: int) -> Tokenizer:
    """Byte-pair vocabulary of exactly ``size`` entries: 4 specials, 256 bytes as fallback, the rest learned."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=False))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(prepend_scheme="always"), pre_tokenizers.Split(_PIECES, "isolated")]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size - 256, special_tokens=SPECIALS, limit_alphabet=200, min_frequency=2, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    document = json.loads(tokenizer.to_str())
    return Tokenizer.from_str(json.dumps(_with_bytes(document)))


def _with_bytes(document: dict) -> dict:
    # The trainer knows no byte pieces: they go in after the specials and every learned id moves up by 256.
    model = document["model"]
    learned = sorted(model["vocab"], key=model["vocab"].__getitem__)
    order = SPECIALS + _BYTES + [piece for piece in learned if piece not in SPECIALS]
    model["vocab"] = {piece: index for index, piece in enumerate(order)}
    model["byte_fallback"] = True
    tokenizer = Tokenizer.from_str(json.dumps(document))
    tokenizer.add_special_tokens([AddedToken(piece, special=True, normalized=False) for piece in SPECIALS])
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="always")])
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", EOS)])
    return json.loads(tokenizer.to_str())


def load_tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))
