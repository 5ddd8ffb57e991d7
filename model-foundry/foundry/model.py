"""The translation model as trained: M2M100's architecture, written for speed on a processor with bf16 products."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from foundry.losses import projected_cross_entropy
from foundry.vocabulary import BOS, EOS, PAD

Activation = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class ModelShape:
    vocab_size: int = 8000
    hidden_size: int = 256
    ffn_size: int = 1024
    head_count: int = 4
    encoder_layers: int = 6
    decoder_layers: int = 2
    max_positions: int = 512

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def sinusoids(count: int, width: int) -> Tensor:
    """Position table ``[count, width]``, sines then cosines, row ``i`` for the ``i``-th token (from 0).

    Row ``i`` is M2M100's row ``i + padding_idx + 1``: positions there start behind the padding index.
    """
    half = width // 2
    rates = torch.exp(torch.arange(half, dtype=torch.float32) * -(math.log(10000) / (half - 1)))
    angles = (torch.arange(count, dtype=torch.float32) + PAD + 1).unsqueeze(1) * rates.unsqueeze(0)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def causal_mask(length: int, dtype: torch.dtype) -> Tensor:
    """Additive mask ``[length, length]``: minus infinity above the diagonal."""
    return torch.full((length, length), float("-inf"), dtype=dtype).triu(1)


def padding_mask(lengths: Tensor, longest: int, dtype: torch.dtype) -> Tensor | None:
    """Additive mask ``[batch, 1, 1, longest]``, or ``None`` where no row is padded."""
    if int(lengths.min()) == longest:
        return None
    mask = torch.zeros(len(lengths), longest, dtype=dtype)
    mask.masked_fill_(torch.arange(longest).unsqueeze(0) >= lengths.unsqueeze(1), float("-inf"))
    return mask[:, None, None, :]


class LayerShape(Protocol):
    """The sizes that a layer needs, whatever model it stands in."""

    @property
    def hidden_size(self) -> int: ...
    @property
    def ffn_size(self) -> int: ...
    @property
    def head_count(self) -> int: ...


class Attention(nn.Module):
    """Scaled dot-product attention as two plain matrix products (their backward beats the fused kernel's here)."""

    def __init__(self, shape: LayerShape, cross: bool) -> None:
        super().__init__()
        self.head_count = shape.head_count
        self.head_size = shape.hidden_size // shape.head_count
        width = shape.hidden_size
        self.query = nn.Linear(width, width) if cross else None
        self.packed = nn.Linear(width, (2 if cross else 3) * width)
        self.out = nn.Linear(width, width)

    def _heads(self, states: Tensor, parts: int) -> tuple[Tensor, ...]:
        batch, length, _ = states.shape
        split = states.view(batch, length, parts, self.head_count, self.head_size)
        return split.permute(2, 0, 3, 1, 4).unbind(0)

    def forward(self, states: Tensor, memory: Tensor | None, mask: Tensor | None) -> Tensor:
        if self.query is None:
            query, key, value = self._heads(self.packed(states), 3)
        else:
            (query,) = self._heads(self.query(states), 1)
            key, value = self._heads(self.packed(memory), 2)
        scores = (query * self.head_size**-0.5) @ key.transpose(2, 3)
        if mask is not None:
            scores = scores + mask
        mixed = scores.softmax(-1) @ value
        batch, _, length, _ = mixed.shape
        return self.out(mixed.transpose(1, 2).reshape(batch, length, -1))


class Layer(nn.Module):
    """One Pre-LN layer; with ``cross`` it also attends to the encoder's states."""

    def __init__(self, shape: LayerShape, cross: bool, dropout: float, activation: Activation = F.relu) -> None:
        super().__init__()
        self.activation = activation
        width = shape.hidden_size
        self.self_norm = nn.LayerNorm(width)
        self.self_attention = Attention(shape, cross=False)
        self.cross_norm = nn.LayerNorm(width) if cross else None
        self.cross_attention = Attention(shape, cross=True) if cross else None
        self.ffn_norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, shape.ffn_size)
        self.down = nn.Linear(shape.ffn_size, width)
        self.dropout = dropout

    def _drop(self, states: Tensor) -> Tensor:
        return F.dropout(states, self.dropout) if self.dropout and self.training else states

    def forward(self, states: Tensor, mask: Tensor | None, memory: Tensor | None, memory_mask: Tensor | None) -> Tensor:
        states = states + self._drop(self.self_attention(self.self_norm(states), None, mask))
        if self.cross_attention is not None and self.cross_norm is not None:
            states = states + self._drop(self.cross_attention(self.cross_norm(states), memory, memory_mask))
        return states + self._drop(self.down(self.activation(self.up(self.ffn_norm(states)))))


class Translator(nn.Module):
    """Encoder and decoder over one embedding, which is also the output projection."""

    def __init__(self, shape: ModelShape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.encoder = nn.ModuleList(Layer(shape, False, dropout) for _ in range(shape.encoder_layers))
        self.decoder = nn.ModuleList(Layer(shape, True, dropout) for _ in range(shape.decoder_layers))
        self.encoder_norm = nn.LayerNorm(shape.hidden_size)
        self.decoder_norm = nn.LayerNorm(shape.hidden_size)
        self.register_buffer("positions", sinusoids(shape.max_positions, shape.hidden_size), persistent=False)
        self._initialize()

    def _initialize(self) -> None:
        # Small, so that the tied projection does not start by predicting the token it was fed.
        nn.init.normal_(self.embedding.weight, std=0.02)
        depth = self.shape.encoder_layers + self.shape.decoder_layers
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2 and name != "embedding.weight":
                nn.init.normal_(parameter, std=parameter.shape[1] ** -0.5)
                if name.endswith(("out.weight", "down.weight")):
                    parameter.data.mul_((2 * depth) ** -0.5)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def _embed(self, ids: Tensor) -> Tensor:
        scale = math.sqrt(self.shape.hidden_size)
        return self.embedding(ids) * scale + self.positions[: ids.shape[1]]

    def encode(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | None]:
        """Encodes ids ``[batch, length]``; returns states and the mask that hides their padding."""
        mask = padding_mask(lengths, source.shape[1], self.positions.dtype)
        states = self._embed(source)
        for layer in self.encoder:
            states = layer(states, mask, None, None)
        return self.encoder_norm(states), mask

    def decode(self, target: Tensor, memory: Tensor, memory_mask: Tensor | None) -> Tensor:
        """Decoder states ``[batch, length, hidden]``; padding at the end needs no mask, causality hides it."""
        mask = causal_mask(target.shape[1], self.positions.dtype)
        states = self._embed(target)
        for layer in self.decoder:
            states = layer(states, mask, memory, memory_mask)
        return self.decoder_norm(states)

    def loss(self, batch: "Batch", smoothing: float) -> Tensor:
        """Mean label-smoothed cross-entropy over the target tokens that are not padding."""
        memory, mask = self.encode(batch.source, batch.lengths)
        states = self.decode(batch.decoder_input, memory, mask)
        kept = batch.labels != PAD
        return projected_cross_entropy(states[kept], self.embedding.weight, batch.labels[kept], smoothing)


@dataclass(frozen=True)
class Batch:
    """Padded ids: sources end in EOS; decoder inputs are the labels moved right behind EOS, M2M100's start token."""

    source: Tensor
    lengths: Tensor
    decoder_input: Tensor
    labels: Tensor

    @property
    def target_tokens(self) -> int:
        return int((self.labels != PAD).sum())


def collate(pairs: list[tuple[np.ndarray, np.ndarray]]) -> Batch:
    """Builds a batch from pairs of ids, both ending in EOS."""
    lengths = torch.tensor([len(source) for source, _ in pairs])
    source = np.full((len(pairs), int(lengths.max())), PAD, dtype=np.int64)
    labels = np.full((len(pairs), max(len(target) for _, target in pairs)), PAD, dtype=np.int64)
    for row, (left, right) in enumerate(pairs):
        source[row, : len(left)] = left
        labels[row, : len(right)] = right
    shifted = np.concatenate([np.full((len(pairs), 1), EOS), labels[:, :-1]], axis=1)
    return Batch(torch.from_numpy(source), lengths, torch.from_numpy(shifted), torch.from_numpy(labels))


def hugging_face_config(shape: ModelShape) -> dict:
    """``config.json`` of the same model as an ``M2M100ForConditionalGeneration``."""
    return {
        "architectures": ["M2M100ForConditionalGeneration"],
        "model_type": "m2m_100",
        "vocab_size": shape.vocab_size,
        "d_model": shape.hidden_size,
        "encoder_ffn_dim": shape.ffn_size,
        "decoder_ffn_dim": shape.ffn_size,
        "encoder_attention_heads": shape.head_count,
        "decoder_attention_heads": shape.head_count,
        "encoder_layers": shape.encoder_layers,
        "decoder_layers": shape.decoder_layers,
        "num_hidden_layers": shape.encoder_layers,
        "max_position_embeddings": shape.max_positions,
        "activation_function": "relu",
        "scale_embedding": True,
        "tie_word_embeddings": True,
        "dropout": 0.1,
        "attention_dropout": 0.0,
        "activation_dropout": 0.0,
        "encoder_layerdrop": 0.0,
        "decoder_layerdrop": 0.0,
        "is_encoder_decoder": True,
        "use_cache": True,
        "bos_token_id": BOS,
        "pad_token_id": PAD,
        "eos_token_id": EOS,
        "decoder_start_token_id": EOS,
    }
