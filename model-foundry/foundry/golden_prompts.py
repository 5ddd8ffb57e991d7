"""How likely PyTorch finds the tokens of prompts, of a package whose graph names all its weights."""

from __future__ import annotations

import json
import random
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from transformers import AutoConfig, AutoModelForCausalLM

TOP = 3
LENGTHS = (1, 2, 3, 7, 20, 41)


def _weights(graph: onnx.GraphProto) -> dict[str, torch.Tensor]:
    """By name; equal ones are stored once and named anew by a node."""
    values = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    values |= {node.output[0]: values[node.input[0]] for node in graph.node if node.op_type == "Identity" and node.input[0] in values}
    return {name.removeprefix("model."): value for name, value in values.items()}


@torch.no_grad()
def write_golden_prompts(package: Path, out: Path) -> None:
    """Prompts of random tokens; of each but the first its ``log_softmax`` and the likeliest tokens in its place."""
    config = AutoConfig.from_pretrained(package, local_files_only=True)
    model = AutoModelForCausalLM.from_config(config).eval()
    state = _weights(onnx.load(str(package / "onnx" / "model.onnx")).graph)
    missing = [name for name in model.state_dict() if name not in state and name != "lm_head.weight"]
    if missing:
        raise ValueError(f"{package} has no weight named {', '.join(missing)}")
    model.load_state_dict({name: value for name, value in state.items() if name in model.state_dict()}, strict=False)
    model.tie_weights()
    numbers = random.Random(17)
    cases = []
    for length in LENGTHS:
        ids = [numbers.randrange(1, config.vocab_size) for _ in range(length)]
        scores = torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)
        best = scores.topk(TOP, -1)
        cases.append({
            "input_ids": ids,
            "log_probs": [round(float(scores[place - 1, ids[place]]), 6) for place in range(1, length)],
            "top": [[[int(token), round(float(value), 6)] for token, value in zip(best.indices[place], best.values[place])]
                    for place in range(length - 1)],
        })
    out.write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf-8")
