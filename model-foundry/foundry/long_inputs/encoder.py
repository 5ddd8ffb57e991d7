"""The encoder: Pre-LN layers over sinusoidal positions, the same for every kind of attention."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from foundry.long_inputs import attention as attend

KINDS = ("full", "longformer", "bigbird", "linformer", "performer")
LINEAR = KINDS[1:]


@dataclass(frozen=True)
class LongShape:
    """Sizes. ``window`` counts tokens on either side; ``block`` and ``random_blocks`` are BigBird's, ``rank`` Linformer's,
    ``features`` Performer's."""

    attention: str = "full"
    vocab_size: int = 30522
    hidden_size: int = 256
    ffn_size: int = 1024
    head_count: int = 4
    layers: int = 6
    embedding_size: int = 384
    max_tokens: int = 8192
    window: int = 128
    block: int = 64
    random_blocks: int = 3
    rank: int = 256
    features: int = 256

    def __post_init__(self) -> None:
        if self.attention not in (*KINDS, "full_plain"):
            raise ValueError(f"attention must be one of {', '.join(KINDS)}, got {self.attention!r}")

    def as_dict(self) -> dict[str, int | str]:
        return asdict(self)

    @property
    def multiple(self) -> int:
        """The length that the attention works on is a multiple of this."""
        return {"longformer": self.window, "bigbird": self.block}.get(self.attention, 1)


class LongAttention(nn.Module):
    """Queries, keys and values for the heads of one layer, mixed by the shape's kind of attention."""

    def __init__(self, shape: LongShape, layer: int) -> None:
        super().__init__()
        self.shape = shape
        # An export puts the fused operator here.
        self.exact = attend.full
        width = shape.hidden_size
        self.packed = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        if shape.attention == "longformer":
            self.global_packed = nn.Linear(width, 3 * width)
        if shape.attention == "linformer":
            # Widths of E's and F's Gaussians in slots, as logarithms.
            self.spread = nn.Parameter(torch.full((2,), math.log(0.4)))
        # What is drawn stays float32 whatever the weights are, hence no buffers.
        if shape.attention == "bigbird":
            self.fractions = attend.random_fractions(512, shape.random_blocks, 17 * layer + 1)
        if shape.attention == "performer":
            self.features = attend.orthogonal_features(shape.features, width // shape.head_count, 31 * layer + 7)

    def _heads(self, states: Tensor) -> Tensor:
        size = self.shape.hidden_size // self.shape.head_count
        return states.unflatten(2, (self.shape.head_count, size)).transpose(1, 2)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        query, key, value = (self._heads(part) for part in self.packed(states).chunk(3, dim=2))
        mixed = self._mix(states, query, key, value, mask)
        return self.out(mixed.transpose(1, 2).flatten(2))

    def _mix(self, states: Tensor, query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
        shape = self.shape
        match shape.attention:
            case "longformer":
                weight, bias = self.global_packed.weight, self.global_packed.bias
                width = shape.hidden_size
                first = self._heads(F.linear(states[:, :1], weight[:width], bias[:width]))
                keys, values = F.linear(states, weight[width:], bias[width:]).chunk(2, dim=2)
                return attend.longformer(query, key, value, mask, shape.window, first, self._heads(keys), self._heads(values))
            case "bigbird":
                return attend.bigbird(query, key, value, mask, shape.block, self.fractions)
            case "linformer":
                spread = self.spread.float().exp()
                maps = [attend.pooling_projection(mask, shape.rank, spread[i]) for i in range(2)]
                tokens = mask.to(torch.int64).sum(1, keepdim=True)
                return attend.linformer(query, key, value, maps[0], maps[1], torch.arange(shape.rank)[None] < tokens)
            case "performer":
                return attend.performer(query, key, value, mask, self.features)
            # Not for use: what full attention costs without a fused operator.
            case "full_plain":
                return attend.full_plain(query, key, value, mask)
            case _:
                # At this length the fused kernel's backward pass costs more than the matrix it saves.
                short = self.training and query.shape[2] <= 512
                return (attend.full_plain if short else self.exact)(query, key, value, mask)


class LongLayer(nn.Module):
    """``x + attention(norm(x))``, then ``x + ffn(norm(x))`` (Xiong et al. 2020)."""

    def __init__(self, shape: LongShape, layer: int) -> None:
        super().__init__()
        self.self_norm = nn.LayerNorm(shape.hidden_size)
        self.self_attention = LongAttention(shape, layer)
        self.ffn_norm = nn.LayerNorm(shape.hidden_size)
        self.up = nn.Linear(shape.hidden_size, shape.ffn_size)
        self.down = nn.Linear(shape.ffn_size, shape.hidden_size)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        states = states + self.self_attention(self.self_norm(states), mask)
        return states + self.down(F.relu(self.up(self.ffn_norm(states))))


class LongEncoder(nn.Module):
    """Token ids to states of the width of the embedding; a text's embedding is the mean of its states."""

    def __init__(self, shape: LongShape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embedding = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.position_embedding_scale = nn.Parameter(torch.tensor([0.2]))
        self.layers = nn.ModuleList(LongLayer(shape, layer) for layer in range(shape.layers))
        self.norm = nn.LayerNorm(shape.hidden_size)
        self.to_embedding = nn.Linear(shape.hidden_size, shape.embedding_size)
        self._initialize()

    def _initialize(self) -> None:
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=parameter.shape[1] ** -0.5)
                if name.endswith(("out.weight", "down.weight")):
                    parameter.data.mul_((2 * self.shape.layers) ** -0.5)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def positions(self, places: Tensor, dtype: torch.dtype) -> Tensor:
        """Sines and cosines ``[…, hidden]`` of places (Vaswani et al. 2017), computed, so that no table ends."""
        half = self.shape.hidden_size // 2
        rates = torch.exp(torch.arange(half).float() * (-math.log(10000.0) / (half - 1)))
        angles = places.float()[..., None] * rates
        return torch.cat([angles.sin(), angles.cos()], dim=-1).to(dtype)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, offsets: Tensor | None = None) -> Tensor:
        """States ``[batch, length, embedding size]`` of ids ``[batch, length]``; the mask is 1 where a token counts.

        A training moves rows to other positions by ``offsets`` ``[batch]``, so that short texts teach them all.
        """
        length = input_ids.shape[1]
        if self.shape.multiple > 1:
            # By index, since an export takes the batch of zeros put behind for a constant.
            places = torch.arange((length + self.shape.multiple - 1) // self.shape.multiple * self.shape.multiple)
            inside = places.clamp(max=length - 1)
            input_ids = input_ids.index_select(1, inside)
            attention_mask = attention_mask.index_select(1, inside) * (places < length).to(attention_mask.dtype)
        mask = attention_mask > 0
        states = self.token_embedding(input_ids)
        places = torch.arange(input_ids.shape[1])[None]
        places = places if offsets is None else places + offsets[:, None]
        states = states + self.position_embedding_scale * self.positions(places, states.dtype)
        for layer in self.layers:
            states = layer(states, mask)
        return self.to_embedding(self.norm(states))[:, :length]


def pooled(states: Tensor, attention_mask: Tensor) -> Tensor:
    """The mean over the tokens that count, normalized to length 1: ``[batch, embedding size]``."""
    weights = attention_mask.to(torch.float32)[:, :, None]
    return F.normalize((states.float() * weights).sum(1) / weights.sum(1).clamp(min=1.0), dim=1)


def freeze_token_embeddings(model: LongEncoder) -> None:
    """Takes the token embeddings out of the training, so that encoders which start from one share them."""
    weight = model.token_embedding.weight.detach()
    del model.token_embedding._parameters["weight"]
    model.token_embedding.register_buffer("weight", weight)


def start_from(model: LongEncoder, weights: dict[str, Tensor]) -> None:
    """Takes over weights of an encoder with another attention; what only the new one has starts as the paper says."""
    own = model.state_dict()
    for name, value in own.items():
        if name in weights:
            value.copy_(weights[name])
        elif ".global_packed." in name:
            value.copy_(weights[name.replace("global_packed", "packed")])
