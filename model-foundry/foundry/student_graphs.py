"""Exports the non-autoregressive students as graphs over the encoder's states."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from foundry.graphs import export_graph
from foundry.students import BLANK, CtcDecoder, LengthPredictor, MaskPredictDecoder, copy_places

_SOURCE = {0: "batch_size", 1: "encoder_sequence_length"}
_TARGET = {0: "batch_size", 1: "decoder_sequence_length"}
_FRAMES = {0: "batch_size", 1: "frames"}


def _hidden(mask: Tensor) -> Tensor:
    """Additive attention mask ``[batch, 1, 1, length]`` from ones and zeros; finite, so a row of padding stays a number."""
    return ((1 - mask.to(torch.float32)) * -1e9)[:, None, None, :]


def _best(logits: Tensor) -> tuple[Tensor, Tensor]:
    """The best id of each place and its log-probability, without the log-probabilities of the others."""
    highest = logits.amax(-1, keepdim=True)
    return logits.argmax(-1), -(logits - highest).exp().sum(-1).log()


class _Ctc(nn.Module):
    def __init__(self, student: CtcDecoder, embedding: Tensor) -> None:
        super().__init__()
        self.student = student
        self.register_buffer("embedding", embedding)

    def forward(self, encoder_hidden_states: Tensor, encoder_attention_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        copies = self.student.shape.upsampling
        mask = encoder_attention_mask.unsqueeze(-1).expand(-1, -1, copies).flatten(1)
        states = self.student.frames(encoder_hidden_states, _hidden(mask))
        logits = states @ self.embedding.T + self.student.bias
        ids, scores = _best(logits)
        real = mask > 0
        return logits, ids.where(real, torch.full_like(ids, BLANK)), scores.where(real, torch.zeros_like(scores))


class _MaskPredict(nn.Module):
    def __init__(self, student: MaskPredictDecoder, embedding: Tensor) -> None:
        super().__init__()
        self.student = student
        self.register_buffer("embedding", embedding)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, encoder_hidden_states: Tensor,
                encoder_attention_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        places = copy_places(attention_mask.sum(1), encoder_attention_mask.sum(1), input_ids.shape[1])
        states = self.student(input_ids, _hidden(attention_mask), places, self.embedding, encoder_hidden_states,
                              _hidden(encoder_attention_mask))
        logits = states @ self.embedding.T
        return (logits, *_best(logits))


class _Length(nn.Module):
    def __init__(self, predictor: LengthPredictor) -> None:
        super().__init__()
        self.predictor = predictor

    def forward(self, encoder_hidden_states: Tensor, encoder_attention_mask: Tensor) -> Tensor:
        return self.predictor(encoder_hidden_states, encoder_attention_mask.to(torch.float32))


def _memory(width: int) -> dict[str, Tensor]:
    mask = torch.ones(2, 7, dtype=torch.long)
    mask[1, 5:] = 0
    return {"encoder_hidden_states": torch.randn(2, 7, width), "encoder_attention_mask": mask}


def export_ctc(student: CtcDecoder, embedding: Tensor, path: Path) -> None:
    inputs = _memory(embedding.shape[1])
    outputs = {"logits": _FRAMES, "best_ids": _FRAMES, "best_log_probs": _FRAMES}
    export_graph(_Ctc(student, embedding), inputs, outputs, dict.fromkeys(inputs, _SOURCE), path)


def export_mask_predict(student: MaskPredictDecoder, embedding: Tensor, path: Path) -> None:
    ids = torch.randint(3, len(embedding), (2, 6))
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)} | _memory(embedding.shape[1])
    outputs = {"logits": _TARGET, "best_ids": _TARGET, "best_log_probs": _TARGET}
    axes = {"input_ids": _TARGET, "attention_mask": _TARGET, "encoder_hidden_states": _SOURCE, "encoder_attention_mask": _SOURCE}
    export_graph(_MaskPredict(student, embedding), inputs, outputs, axes, path)


def export_length(predictor: LengthPredictor, path: Path) -> None:
    inputs = _memory(predictor.hidden.in_features)
    export_graph(_Length(predictor), inputs, {"length_logits": {0: "batch_size"}}, dict.fromkeys(inputs, _SOURCE), path)
