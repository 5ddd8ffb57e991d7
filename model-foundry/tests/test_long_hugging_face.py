"""Graphs of Hugging Face's long encoders against transformers, at lengths they were not traced with."""

import numpy as np
import onnxruntime
import pytest
import torch
from transformers import BigBirdConfig, BigBirdModel, LongformerConfig, LongformerModel

from foundry.fixture_models import randomize
from foundry.long_inputs.hugging_face import export_long_encoder

SIZES = {"vocab_size": 120, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
         "max_position_embeddings": 200}


def longformer():
    return LongformerModel(LongformerConfig(attention_window=[8, 8], pad_token_id=1, **SIZES), add_pooling_layer=False)


def big_bird():
    return BigBirdModel(BigBirdConfig(block_size=16, **SIZES), add_pooling_layer=False)


@pytest.mark.parametrize("make,multiple", [(longformer, 8), (big_bird, 1)])
@torch.no_grad()
def test_states_are_those_of_transformers_whatever_the_length(make, multiple, tmp_path):
    torch.manual_seed(3)
    model = make()
    randomize(model, 4, 0.2)
    ids = torch.randint(4, 120, (1, 100))
    wanted = {length: model(input_ids=ids[:, :length]).last_hidden_state[0] for length in (3, 16, 61, 100)}
    export_long_encoder(model, tmp_path)
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    for length, states in wanted.items():
        padded = np.full((2, -(-length // multiple) * multiple + multiple), model.config.pad_token_id)
        padded[0, :length], padded[1] = ids[0, :length], 7
        mask = np.ones_like(padded)
        mask[0, length:] = 0
        given = session.run(None, {"input_ids": padded, "attention_mask": mask})[0][0, :length]
        np.testing.assert_allclose(given, states.numpy(), atol=1e-4)
