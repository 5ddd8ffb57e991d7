"""From a finder's outputs to objects and masks, and the scores of both: AP at an overlap of 0.5, and mean IoU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Found:
    """Objects of one picture, best first: ``boxes`` ``[objects, 4]`` as left, top, right, bottom; ``scores``; ``labels``."""

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray


def overlaps(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union ``[boxes, others]``."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    areas = [np.clip(b[:, 2:] - b[:, :2], 0, None).prod(-1) for b in (boxes, others)]
    return shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9)


def suppress(found: Found, iou: float) -> Found:
    """Greedy non-maximum suppression over all classes together: an object that overlaps a better one by more goes."""
    overlap = overlaps(found.boxes, found.boxes)
    kept: list[int] = []
    for i in np.argsort(-found.scores, kind="stable"):
        if all(overlap[i, k] <= iou for k in kept):
            kept.append(i)
    return Found(found.boxes[kept], found.scores[kept], found.labels[kept])


def find(logits: np.ndarray, boxes: np.ndarray, width: int, height: int, threshold: float, iou: float) -> Found:
    """Objects of one picture from ``logits`` ``[patches, labels + 1]`` (the last: nothing) and ``boxes`` ``[patches, 4]`` as
    center x, center y, width, height in shares: softmax, threshold, pixels, suppression."""
    shifted = np.exp(logits - logits.max(-1, keepdims=True))
    chances = (shifted / shifted.sum(-1, keepdims=True))[:, :-1]
    scores, labels = chances.max(-1), chances.argmax(-1)
    keep = scores > threshold
    center, half = boxes[keep, :2], boxes[keep, 2:] / 2
    corners = np.concatenate([center - half, center + half], -1).clip(0, 1) * np.array([width, height, width, height])
    return suppress(Found(corners, scores[keep], labels[keep]), iou)


def average_precision(found: list[Found], boxes: list[np.ndarray], labels: list[np.ndarray], by_class: bool, iou: float = 0.5) -> float:
    """Area under the interpolated precision-recall curve at 101 recalls (as COCO's), averaged over the classes that occur;
    without ``by_class`` all flags are one class. A flag counts once; of two objects on it the better one is right."""
    classes = sorted({int(c) for part in labels for c in part}) if by_class else [None]
    return float(np.mean([_curve(found, boxes, labels, c, iou) for c in classes]))


def _judge(found: list[Found], boxes: list[np.ndarray], labels: list[np.ndarray], wanted: int | None,
           iou: float) -> tuple[list[tuple[float, bool]], int]:
    """Score and rightness of each object of a class (of all as one class without ``wanted``), and how many flags there are."""
    entries: list[tuple[float, bool]] = []
    total = 0
    for result, truth, classes in zip(found, boxes, labels):
        mine = np.flatnonzero(result.labels == wanted) if wanted is not None else np.arange(len(result.labels))
        real = truth[classes == wanted] if wanted is not None else truth
        total += len(real)
        free = np.ones(len(real), bool)
        overlap = overlaps(result.boxes[mine], real)
        for row, i in enumerate(mine):
            best = int(np.where(free, overlap[row], -1).argmax()) if len(real) else -1
            right = best >= 0 and free[best] and overlap[row, best] >= iou
            if right:
                free[best] = False
            entries.append((float(result.scores[i]), right))
    return entries, total


def _curve(found: list[Found], boxes: list[np.ndarray], labels: list[np.ndarray], wanted: int | None, iou: float) -> float:
    entries, total = _judge(found, boxes, labels, wanted, iou)
    entries.sort(key=lambda entry: -entry[0])
    right = np.cumsum([entry[1] for entry in entries], dtype=np.float64)
    precision = right / np.arange(1, len(entries) + 1)
    recall = right / max(total, 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.mean([precision[recall >= r].max(initial=0.0) for r in np.linspace(0, 1, 101)]))


def judge(found: list[Found], boxes: list[np.ndarray], labels: list[np.ndarray], iou: float = 0.5) -> tuple[list[tuple[float, bool]], int]:
    """Score of each object, best first, with whether its place and name are right; and how many flags there are."""
    classes = sorted({int(c) for part in [*labels, *(result.labels for result in found)] for c in part})
    judged = [_judge(found, boxes, labels, wanted, iou) for wanted in classes]
    return sorted((entry for part, _ in judged for entry in part), key=lambda entry: -entry[0]), sum(total for _, total in judged)


def best_f1(found: list[Found], boxes: list[np.ndarray], labels: list[np.ndarray], iou: float = 0.5) -> tuple[float, float]:
    """The best harmonic mean of precision and recall, place and name right, and the score that gives it: halfway between the
    last object that helps and the next."""
    entries, total = judge(found, boxes, labels, iou)
    if not entries:
        return 0.0, 1.0
    right = np.cumsum([entry[1] for entry in entries])
    f1 = 2 * right / (np.arange(1, len(entries) + 1) + total)
    best = int(f1.argmax())
    below = entries[best + 1][0] if best + 1 < len(entries) else 0.0
    return float(f1[best]), (entries[best][0] + below) / 2


def mean_iou(predicted: list[np.ndarray], real: list[np.ndarray]) -> tuple[float, float]:
    """IoU of the flag's pixels and of the background's, each over all pictures' pixels together."""
    sums = np.zeros((2, 2))
    for ours, theirs in zip(predicted, real):
        for kind in (0, 1):
            sums[kind] += ((ours == kind) & (theirs == kind)).sum(), ((ours == kind) | (theirs == kind)).sum()
    flag, background = sums[1, 0] / sums[1, 1], sums[0, 0] / sums[0, 1]
    return float(flag), float(background)
