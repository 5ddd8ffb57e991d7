"""The non-autoregressive students: decoders over the states of a translation model's encoder."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from foundry.model import Layer, ModelShape, Translator, padding_mask, sinusoids
from foundry.vocabulary import BOS, UNK

# ``<s>`` is in no target, M2M100 starts from ``</s>``; ``<unk>`` is in no text, bytes stand for unknown letters.
BLANK, MASK = BOS, UNK


@dataclass(frozen=True)
class CtcShape:
    layers: int = 3
    upsampling: int = 2

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def initialize_layers(layers: nn.ModuleList) -> None:
    """Gaussian matrices, scaled down where they write into the residual stream; biases zero."""
    for name, parameter in layers.named_parameters():
        if parameter.dim() == 2:
            nn.init.normal_(parameter, std=parameter.shape[1] ** -0.5)
            if name.endswith(("out.weight", "down.weight")):
                parameter.data.mul_((2 * len(layers)) ** -0.5)
        elif name.endswith("bias"):
            nn.init.zeros_(parameter)


class CtcDecoder(nn.Module):
    """Bidirectional layers over encoder states, each repeated ``upsampling`` times; all frames in one pass.

    The output projection is the translator's embedding, with a bias of its own.
    """

    def __init__(self, model: ModelShape, shape: CtcShape) -> None:
        super().__init__()
        self.shape = shape
        width = model.hidden_size
        self.upsample = nn.Linear(width, shape.upsampling * width)
        self.layers = nn.ModuleList(Layer(model, False, 0.0) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(model.vocab_size))
        positions = sinusoids(shape.upsampling * model.max_positions, width)
        self.register_buffer("positions", positions, persistent=False)
        initialize_layers(self.layers)
        # Starts as plain copies; the bias tells the copies of a state apart.
        with torch.no_grad():
            self.upsample.weight.copy_(torch.eye(width).repeat(shape.upsampling, 1))
            nn.init.normal_(self.upsample.bias, std=0.3)

    def frames(self, memory: Tensor, mask: Tensor | None) -> Tensor:
        """Frame states ``[batch, length * upsampling, hidden]``; ``mask`` hides the frames of padding."""
        batch, length, width = memory.shape
        longest = length * self.shape.upsampling
        states = self.upsample(memory).view(batch, longest, width) + self.positions[:longest]
        for layer in self.layers:
            states = layer(states, mask, None, None)
        return self.norm(states)

    def forward(self, memory: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Frame states and the number of frames of each row."""
        counts = lengths * self.shape.upsampling
        longest = memory.shape[1] * self.shape.upsampling
        return self.frames(memory, padding_mask(counts, longest, self.positions.dtype)), counts

    @torch.no_grad()
    def best_path(self, model: Translator, memory: Tensor, lengths: Tensor) -> list[list[int]]:
        """The best id of each frame, row by row."""
        states, frames = self(memory, lengths)
        ids = (states @ model.embedding.weight.T + self.bias).argmax(-1)
        return [row[:count] for row, count in zip(ids.tolist(), frames.tolist())]


@dataclass(frozen=True)
class MaskPredictShape:
    layers: int = 3
    max_length: int = 256

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def copy_places(target_lengths: Tensor, source_lengths: Tensor, longest: int) -> Tensor:
    """The source place ``[batch, longest]`` that lies where a target place does, both spread over the same distance."""
    middles = (2 * torch.arange(longest) + 1).unsqueeze(0) * source_lengths.unsqueeze(1)
    places = middles // (2 * target_lengths.clamp_min(1)).unsqueeze(1)
    return torch.minimum(places, source_lengths.unsqueeze(1) - 1)


class MaskPredictDecoder(nn.Module):
    """Bidirectional layers with cross-attention that fill in masked target tokens (Ghazvininejad et al. 2019).

    Embedding and output projection are the translator's; the mask has a vector of its own. Each place also sees the
    source state that lies where it does (uniform copy, Gu et al. 2018): without it, a row of masks learns slowly.
    """

    def __init__(self, model: ModelShape, shape: MaskPredictShape) -> None:
        super().__init__()
        self.shape = shape
        width = model.hidden_size
        self.scale = width**0.5
        self.layers = nn.ModuleList(Layer(model, True, 0.0) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(width)
        self.copy = nn.Linear(width, width)
        self.mask_vector = nn.Parameter(torch.zeros(width))
        self.register_buffer("positions", sinusoids(model.max_positions, width), persistent=False)
        initialize_layers(self.layers)
        nn.init.zeros_(self.copy.weight)
        nn.init.zeros_(self.copy.bias)

    def start_from(self, model: Translator) -> None:
        """Takes over the layers of the autoregressive decoder, as many as it has."""
        for own, given in zip(self.layers, model.decoder):
            own.load_state_dict(given.state_dict())
        self.norm.load_state_dict(model.decoder_norm.state_dict())

    def forward(self, ids: Tensor, mask: Tensor | None, places: Tensor, embedding: Tensor, memory: Tensor,
                memory_mask: Tensor | None) -> Tensor:
        """States ``[batch, length, hidden]`` of target ids, some of them masked.

        ``places`` are those of :func:`copy_places`, ``embedding`` is ``[vocab, hidden]``; the masks are additive.
        """
        masked = (ids == MASK).unsqueeze(-1)
        states = torch.where(masked, self.mask_vector, nn.functional.embedding(ids, embedding) * self.scale)
        copied = memory.gather(1, places.unsqueeze(-1).expand(-1, -1, memory.shape[2]))
        states = states + self.positions[: ids.shape[1]] + self.copy(copied)
        for layer in self.layers:
            states = layer(states, mask, memory, memory_mask)
        return self.norm(states)


class LengthPredictor(nn.Module):
    """A discrete Laplace distribution over target lengths: each source token says how many tokens it becomes.

    Adding up what the tokens say, rather than classifying their mean, works for lengths seldom seen in training.
    """

    def __init__(self, hidden_size: int, max_length: int) -> None:
        super().__init__()
        self.max_length = max_length
        self.hidden = nn.Linear(hidden_size, hidden_size)
        self.fertility = nn.Linear(hidden_size, 2)
        # Starts as a fair guess for any text: 1.1 target tokens each, give or take an eighth.
        with torch.no_grad():
            self.fertility.weight.mul_(0.1)
            self.fertility.bias.copy_(torch.tensor([1.1, 0.125]).expm1().log())

    def forward(self, memory: Tensor, mask: Tensor) -> Tensor:
        """Logits ``[batch, max_length + 1]`` from states and the mask ``[batch, length]`` of real tokens (1 or 0)."""
        said = nn.functional.softplus(self.fertility(nn.functional.relu(self.hidden(memory)))) * mask.unsqueeze(-1)
        mean, spread = said.sum(1).unbind(-1)
        lengths = torch.arange(self.max_length + 1, dtype=memory.dtype)
        return -(lengths - mean.unsqueeze(1)).abs() / (0.1 + spread.unsqueeze(1))


class MaskPredictStudent(nn.Module):
    """The decoder and its length predictor, which are trained together."""

    def __init__(self, model: ModelShape, shape: MaskPredictShape) -> None:
        super().__init__()
        self.decoder = MaskPredictDecoder(model, shape)
        self.length = LengthPredictor(model.hidden_size, shape.max_length)
