"""Writes Marian's pair of SentencePiece models and its ``vocab.json`` as one ``tokenizer.json``."""

from __future__ import annotations

import json
from pathlib import Path

from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

_UNIGRAM = 1


def marian_tokenizer(checkpoint: Path) -> Tokenizer:
    """The tokenizer of a Marian checkpoint with one vocabulary for both languages.

    Encodes as the source's SentencePiece model does: pieces that only the target has get a score that no segmentation would
    choose, but decode as they should.
    """
    source = sentencepiece_model_pb2.ModelProto()
    source.ParseFromString((checkpoint / "source.spm").read_bytes())
    if source.trainer_spec.model_type != _UNIGRAM:
        raise ValueError(f"{checkpoint}/source.spm is no unigram model")
    ids: dict[str, int] = json.loads((checkpoint / "vocab.json").read_text(encoding="utf-8"))
    scores = {piece.piece: piece.score for piece in source.pieces}
    never = 10 * min(scores.values()) - 100
    pieces = [(piece, scores.get(piece, never)) for piece in sorted(ids, key=ids.__getitem__)]
    if sorted(ids.values()) != list(range(len(ids))):
        raise ValueError(f"{checkpoint}/vocab.json does not number its pieces from 0 without gaps")
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=ids["<unk>"], byte_fallback=False))
    steps = [normalizers.Replace(Regex(r"\s{2,}"), " "), normalizers.Strip()]
    if source.normalizer_spec.precompiled_charsmap:
        steps.insert(0, normalizers.Precompiled(source.normalizer_spec.precompiled_charsmap))
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in ("</s>", "<unk>", "<pad>") if name in ids])
    # Multilingual models take the target language as the first token of the text.
    tokenizer.add_tokens([AddedToken(name, special=True, normalized=False) for name in ids if name.startswith(">>") and name.endswith("<<")])
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", ids["</s>"])])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    return tokenizer
