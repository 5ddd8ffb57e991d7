"""Trains the long encoders against a deadline: first on the teacher's chunks, then each attention on whole documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from foundry.deadline import Schedule, train_until
from foundry.long_inputs.encoder import LongEncoder, LongShape, freeze_token_embeddings, pooled, start_from
from foundry.long_inputs.teacher import CHUNK, CLS, SEP, WIDTH, Lessons, token_vectors
from foundry.optim import MasterOptimizer

TEMPERATURE = 0.05
OTHERS = 512
WATCHED = 64


@dataclass(frozen=True)
class LongOptions:
    """``documents`` chooses whole documents over chunks; ``start`` is the checkpoint of a training to go on from."""

    lessons: Path
    out: Path
    minutes: float
    attention: str = "full"
    documents: bool = False
    start: Path | None = None
    teacher: Path | None = None
    rate: float = 1e-3
    tokens: int = 6144
    seed: int = 1
    resume: bool = False


@dataclass(frozen=True)
class Span:
    """A part of a document that is read as one text."""

    document: int
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


def spans(lessons: Lessons, documents: range, whole: bool) -> list[Span]:
    """Documents, whole or cut where the teacher cut them."""
    found = []
    for document in documents:
        start, end = int(lessons.starts[document]), int(lessons.starts[document + 1])
        step = end - start if whole else CHUNK
        found += [Span(document, at, min(at + step, end)) for at in range(start, end, step)]
    return found


def batches(found: list[Span], tokens: int, generator: np.random.Generator) -> list[list[Span]]:
    """Spans of like length together, at most ``tokens`` padded ones, in an order of chance."""
    order = sorted(generator.permutation(len(found)), key=lambda i: len(found[i]) + generator.random() * 16)
    made: list[list[Span]] = [[]]
    for i in order:
        if made[-1] and (len(made[-1]) + 1) * (len(found[i]) + 2) > tokens:
            made.append([])
        made[-1].append(found[i])
    return [made[i] for i in generator.permutation(len(made))]


def padded_rows(rows: list[np.ndarray | list[int]]) -> tuple[Tensor, Tensor]:
    """Ids with the special tokens around them, and their mask, ``[rows, longest + 2]``."""
    longest = max(len(row) for row in rows) + 2
    ids, mask = torch.zeros(len(rows), longest, dtype=torch.long), torch.zeros(len(rows), longest, dtype=torch.long)
    for i, row in enumerate(rows):
        ids[i, : len(row) + 2] = torch.tensor([CLS, *(int(token) for token in row), SEP])
        mask[i, : len(row) + 2] = 1
    return ids, mask


def initial_weights(model: LongEncoder, teacher: Path, lessons: Lessons) -> None:
    """Token embeddings from the principal components of the teacher's, the last projection by least squares on its states."""
    vectors = torch.from_numpy(token_vectors(teacher))
    vectors = vectors - vectors.mean(0)
    _, _, axes = torch.linalg.svd(vectors, full_matrices=False)
    components = vectors @ axes[: model.shape.hidden_size].T
    with torch.no_grad():
        model.token_embedding.weight.copy_(components / components.square().mean().sqrt())
        sample = slice(0, 60_000)
        inputs = model.norm(model.token_embedding(torch.from_numpy(lessons.ids[sample].astype(np.int64))))
        inputs = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1)
        states = torch.from_numpy(lessons.states[sample].astype(np.float32))
        solved = torch.linalg.solve(inputs.T @ inputs + 10 * torch.eye(inputs.shape[1]), inputs.T @ states)
        model.to_embedding.weight.copy_(solved[:-1].T)
        model.to_embedding.bias.copy_(solved[-1])


class LongTraining:
    """One training: what :func:`foundry.deadline.train_until` drives."""

    def __init__(self, options: LongOptions, shape: LongShape | None = None) -> None:
        self.options = options
        self.lessons = Lessons.read(options.lessons)
        self.generator = np.random.default_rng(options.seed)
        self.shape = shape or LongShape(attention=options.attention)
        torch.manual_seed(options.seed)
        model = LongEncoder(self.shape)
        if options.start is not None:
            start_from(model, {name: value.float() for name, value in torch.load(options.start, weights_only=True)["weights"].items()})
        elif options.teacher is not None:
            initial_weights(model, options.teacher, self.lessons)
        if options.documents:
            freeze_token_embeddings(model)
        self.model = model.to(torch.bfloat16)
        self.optimizer = MasterOptimizer(self.model)
        self.schedule = Schedule(options.minutes, warmup_steps=30)
        count = len(self.lessons)
        self.spans = spans(self.lessons, range(max(count - WATCHED, 1)), options.documents)
        self.watched = range(max(count - WATCHED, 1), count)
        self.queue: list[list[Span]] = []
        self.step, self.tokens_seen, self.elapsed_before = 0, 0, 0.0
        self.recent: dict[str, float] = {}
        if options.resume:
            self._restore()

    def _texts(self, batch: list[Span]) -> tuple[Tensor, Tensor, Tensor]:
        """States of a batch, its mask, and the teacher's states ``[rows, longest, width]`` of the tokens between the special ones."""
        ids, mask = padded_rows([self.lessons.ids[span.start : span.end] for span in batch])
        room = self.shape.max_tokens - ids.shape[1]
        offsets = torch.from_numpy(self.generator.integers(0, room, len(batch)) * (self.generator.random(len(batch)) < 0.5))
        wanted = torch.zeros(len(batch), ids.shape[1] - 2, WIDTH)
        for i, span in enumerate(batch):
            wanted[i, : len(span)] = torch.from_numpy(self.lessons.states[span.start : span.end].astype(np.float32))
        return self.model(ids, mask, offsets), mask, wanted

    def train_step(self, elapsed: float) -> None:
        if not self.queue:
            self.queue = batches(self.spans, self.options.tokens, self.generator)
        batch = self.queue.pop()
        states, mask, wanted = self._texts(batch)
        inner = mask[:, 2:].float()[..., None]
        apart = ((states[:, 1:-1].float() - wanted) * inner).square().sum() / ((wanted * inner).square().sum() + 1e-6)
        vectors = pooled(states, mask)
        documents = [span.document for span in batch]
        if self.options.documents:
            wanted_vectors = torch.from_numpy(self.lessons.vectors[documents])
        else:
            wanted_vectors = F.normalize((wanted * inner).sum(1) / inner.sum(1).clamp(min=1), dim=1)
        turned = (1 - (vectors * wanted_vectors).sum(1)).mean()
        title_ids, title_mask = padded_rows([self.lessons.titles[document] for document in documents])
        titles = pooled(self.model(title_ids, title_mask), title_mask)
        named = (1 - (titles * torch.from_numpy(self.lessons.title_vectors[documents])).sum(1)).mean()
        parted = self._parted(titles, vectors, documents)
        loss = apart + 4 * turned + 2 * named + (0.5 if self.options.documents else 0.1) * parted
        loss.backward()
        self.optimizer.step(self.options.rate * self.schedule.factor(self.step, elapsed))
        self.step += 1
        self.tokens_seen += int(mask.sum()) + int(title_mask.sum())
        for name, value in (("states", apart), ("text", turned), ("title", named), ("search", parted)):
            self.recent[name] = 0.95 * self.recent.get(name, value.item()) + 0.05 * value.item()

    def _parted(self, titles: Tensor, vectors: Tensor, documents: list[int]) -> Tensor:
        """Cross-entropy of finding a title's text among the batch's and documents that the teacher embedded."""
        others = torch.from_numpy(self.generator.integers(0, len(self.lessons), OTHERS))
        scores = torch.cat([titles @ vectors.T, titles @ torch.from_numpy(self.lessons.vectors[others.numpy()]).T], dim=1) / TEMPERATURE
        own = torch.tensor(documents)
        same = torch.cat([own[:, None] == own[None], own[:, None] == others[None]], dim=1)
        same[torch.arange(len(own)), torch.arange(len(own))] = False
        return F.cross_entropy(scores.masked_fill(same, -1e4), torch.arange(len(own)))

    def describe(self) -> str:
        return " ".join(f"{name} {value:.3f}" for name, value in self.recent.items())

    @torch.no_grad()
    def evaluate(self) -> str:
        """Cosines with the teacher and the mean reciprocal rank of titles among watched documents, which are not trained on."""
        vectors, titles = [], []
        for span in spans(self.lessons, self.watched, True):
            ids, mask = padded_rows([self.lessons.ids[span.start : span.end]])
            vectors.append(pooled(self.model(ids, mask), mask)[0])
            ids, mask = padded_rows([self.lessons.titles[span.document]])
            titles.append(pooled(self.model(ids, mask), mask)[0])
        texts, names = torch.stack(vectors), torch.stack(titles)
        near = (texts * torch.from_numpy(self.lessons.vectors[list(self.watched)])).sum(1).mean()
        scores = names @ texts.T
        ranks = (scores >= scores.diagonal()[:, None]).sum(1).float()
        return f"watched: cosine with the teacher {near:.3f}, MRR {(1 / ranks).mean():.3f}"

    def save(self, elapsed: float) -> None:
        self.options.out.mkdir(parents=True, exist_ok=True)
        masters = self.optimizer.state_dict()["masters"]
        weights = {name: masters.get(name, value) for name, value in self.model.state_dict().items()}
        state = {"shape": self.shape.as_dict(), "weights": weights, "step": self.step, "tokens": self.tokens_seen, "elapsed": elapsed,
                 "optimizer": self.optimizer.state_dict()}
        path = self.options.out / "checkpoint.pt"
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def _restore(self) -> None:
        state = torch.load(self.options.out / "checkpoint.pt", weights_only=True)
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.tokens_seen, self.elapsed_before = state["step"], state["tokens"], state["elapsed"]
        self.generator = np.random.default_rng(self.options.seed + self.step)


def train_long(options: LongOptions) -> None:
    train_until(LongTraining(options), options.minutes, checkpoint_seconds=120, evaluation_seconds=240)
