"""A small encoder-decoder whose parts can be taken away, for experiments only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from foundry.vocabulary import PAD


@dataclass(frozen=True)
class Ablation:
    """One variant: where the normalization stands, whether positions are added, how many heads share the width."""

    name: str
    pre_norm: bool = True
    warmup: bool = True
    positions: bool = True
    heads: int = 4


def sinusoids(length: int, width: int) -> Tensor:
    """Sinusoidal positions ``[length, width]``. Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.5."""
    angles = torch.arange(length).unsqueeze(1) * torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


class AblationModel(nn.Module):
    """Post-LN as published in 2017 or Pre-LN (Xiong et al. 2020, arXiv:2002.04745), tied embeddings, no dropout."""

    def __init__(self, ablation: Ablation, vocab_size: int, width: int = 64, layers: int = 6, longest: int = 128) -> None:
        super().__init__()
        self.ablation, self.width = ablation, width
        self.embedding = nn.Embedding(vocab_size, width)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)
        self.register_buffer("positions", sinusoids(longest, width), persistent=False)
        shape = {"d_model": width, "nhead": ablation.heads, "dim_feedforward": 4 * width, "dropout": 0.0, "batch_first": True,
                 "norm_first": ablation.pre_norm}
        # Pre-LN leaves its last sum unnormalized, so it gets one more normalization at the end of each stack.
        last = [nn.LayerNorm(width) if ablation.pre_norm else None for _ in range(2)]
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(**shape), layers, last[0], enable_nested_tensor=False)
        self.decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(**shape), layers, last[1])

    def _embed(self, ids: Tensor) -> Tensor:
        states = self.embedding(ids) * math.sqrt(self.width)
        return states + self.positions[: ids.size(1)] if self.ablation.positions else states

    def forward(self, source: Tensor, decoder_input: Tensor) -> Tensor:
        """Logits ``[batch, target, vocabulary]`` of ids ``[batch, source]`` and ``[batch, target]``."""
        padding = source == PAD
        memory = self.encoder(self._embed(source), src_key_padding_mask=padding)
        causal = torch.ones(decoder_input.size(1), decoder_input.size(1), dtype=torch.bool).triu(1)
        states = self.decoder(self._embed(decoder_input), memory, tgt_mask=causal, memory_key_padding_mask=padding)
        return states @ self.embedding.weight.T
