"""What Hugging Face's ``output_attentions`` gives for a tiny translation model, beside the graph that shows the same."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
from transformers import PreTrainedModel

from foundry import fixture_families
from foundry.attention import write_attention
from foundry.fixture_texts import write_json
from foundry.greedy import open_session

FAMILIES = {"m2m_100": fixture_families.m2m_100_parts}


def attention(folder: Path) -> None:
    """Adds graph and ``golden-attention.json`` to the models that lie beside ``folder`` and holds one against the other."""
    for name, parts in FAMILIES.items():
        target = folder.parent / name
        path = write_attention(target / "onnx")
        model = parts()[0].eval()
        cases = golden_attention(model, 6)
        session = open_session(path)
        for case in cases:
            read = [model.config.decoder_start_token_id, *case["target_ids"][:-1]]
            ids = np.array([case["source_ids"]])
            got = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "decoder_input_ids": np.array([read])})
            if np.abs(np.concatenate(got) - np.array(case["attention"])).max() > 1e-4:
                raise AssertionError(f"the graph of {name} is not the model's")
        write_json(target / "golden-attention.json", cases)


@torch.no_grad()
def golden_attention(model: PreTrainedModel, count: int) -> list[dict]:
    """Weights ``[layers][heads][target][source]`` of random pairs, the decoder reading each target behind its start token."""
    rng = random.Random(11)
    cases = []
    for _ in range(count):
        source = [rng.randrange(4, model.config.vocab_size - 1) for _ in range(rng.randrange(1, 12))]
        target = [rng.randrange(4, model.config.vocab_size - 1) for _ in range(rng.randrange(1, 9))]
        read = torch.tensor([[model.config.decoder_start_token_id, *target[:-1]]])
        result = model(input_ids=torch.tensor([source]), attention_mask=torch.ones(1, len(source), dtype=torch.long),
                       decoder_input_ids=read, output_attentions=True)
        weights = [[[[round(float(value), 6) for value in row] for row in head] for head in layer[0]]
                   for layer in result.cross_attentions]
        cases.append({"source_ids": source, "target_ids": target, "attention": weights})
    return cases
