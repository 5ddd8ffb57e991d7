"""Half-precision variants of exported graphs: weights and arithmetic in float16, inputs and outputs as before."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16

SUFFIX = "_fp16"
# float16 has 11 bits: a rounding is 5e-4 of a number, and a graph makes some dozens in a row.
TOLERANCE = 2e-2


def write_half(source: Path, target: Path) -> None:
    """Writes ``source`` with float16 inside; what goes in and comes out stays float32, so it takes the other's place."""
    with warnings.catch_warnings():
        # Weights below the smallest float16 become zero, and masks its largest: both are wanted.
        warnings.simplefilter("ignore", UserWarning)
        model = convert_float_to_float16(onnx.load(str(source)), keep_io_types=True)
    onnx.save(model, str(target))
