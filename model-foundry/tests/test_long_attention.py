"""Each attention of the long encoders against a direct reading of its paper."""

import math

import pytest
import torch

from foundry.long_inputs import attention as attend
from foundry.long_inputs.encoder import KINDS, LongEncoder, LongShape, pooled, start_from

SEEDS = range(3)


def drawn(seed, length, batch=2, heads=2, size=8):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(batch, heads, length, size, generator=generator) for _ in range(3)]


def masks(length, *counts):
    return torch.tensor([[place < count for place in range(length)] for count in counts])


def dense(query, key, value, allowed):
    """Softmax attention over the pairs that ``allowed`` ``[batch, queries, keys]`` names, read off the definition."""
    scores = torch.einsum("bhqd,bhkd->bhqk", query, key) / math.sqrt(query.shape[3])
    return torch.einsum("bhqk,bhkd->bhqd", scores.masked_fill(~allowed[:, None], -math.inf).softmax(-1), value)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("length,counts", [(4, (4, 3)), (12, (12, 7)), (32, (32, 13))])
def test_longformer_is_dense_attention_under_its_window_with_a_global_token(seed, length, counts):
    window, mask = 4, masks(length, *counts)
    query, key, value = drawn(seed, length)
    global_query, global_key, global_value = drawn(seed + 100, length)
    allowed = torch.zeros(2, length, length, dtype=torch.bool)
    for row, count in enumerate(counts):
        for i in range(length):
            for j in range(count):
                allowed[row, i, j] = abs(i - j) <= window or j == 0
    out = attend.longformer(query, key, value, mask, window, global_query[:, :, :1], global_key, global_value)
    everything = dense(global_query[:, :, :1], global_key, global_value, mask[:, None].expand(-1, 1, -1))
    local = dense(query, key, value, allowed)
    for row, count in enumerate(counts):
        torch.testing.assert_close(out[row, :, :1], everything[row], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(out[row, :, 1:count], local[row, :, 1:count], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("length,counts", [(4, (4, 2)), (24, (24, 9)), (64, (64, 33))])
def test_bigbird_is_dense_attention_under_its_window_its_global_and_its_random_blocks(seed, length, counts):
    block, mask = 4, masks(length, *counts)
    fractions = attend.random_fractions(32, 3, seed)
    query, key, value = drawn(seed, length)
    allowed = torch.zeros(2, length, length, dtype=torch.bool)
    for row, count in enumerate(counts):
        used = math.ceil(count / block)
        for i in range(length):
            chosen = {int(part * used) for part in fractions[i // block]}
            for j in range(count):
                theirs = j // block
                near = abs(theirs - i // block) <= 1
                allowed[row, i, j] = near or theirs == 0 or i // block == 0 or theirs in chosen
    out = attend.bigbird(query, key, value, mask, block, fractions)
    expected = dense(query, key, value, allowed)
    for row, count in enumerate(counts):
        torch.testing.assert_close(out[row, :, :count], expected[row, :, :count], atol=1e-5, rtol=1e-5)


def test_bigbird_reaches_random_blocks_beyond_its_window():
    listed, counts = attend.bigbird_blocks(masks(64, 64), 4, attend.random_fractions(32, 3, 0))
    far = (listed - torch.arange(16)[None, :, None]).abs() > 1
    assert (counts & far & (listed > 0)).any(2).float().mean() > 0.8


@pytest.mark.parametrize("seed", SEEDS)
def test_linformer_with_the_identity_is_full_attention(seed):
    query, key, value = drawn(seed, 12)
    mask = masks(12, 12, 5)
    same = torch.eye(12).expand(2, -1, -1)
    out = attend.linformer(query, key, value, same, same, mask)
    expected = dense(query, key, value, mask[:, None].expand(-1, 12, -1))
    torch.testing.assert_close(out, expected, atol=1e-5, rtol=1e-5)


def test_linformers_low_rank_product_nears_attention_as_the_rank_grows():
    """The paper's theorem 1: softmax(QKᵀ/√d) · Rᵀ · R · V with Gaussian R of variance 1/rank."""
    query, key, value = drawn(5, 256)
    weights = (query @ key.transpose(2, 3) / math.sqrt(8)).softmax(-1)
    errors = []
    for rank in (16, 64, 256, 1024):
        error = 0.0
        for seed in range(8):
            projection = torch.randn(rank, 256, generator=torch.Generator().manual_seed(seed)) / math.sqrt(rank)
            error += ((weights @ projection.T) @ (projection @ value) - weights @ value).square().mean().sqrt().item() / 8
        errors.append(error)
    for wide, narrow in zip(errors, errors[1:]):
        assert narrow < 0.7 * wide, errors


@pytest.mark.parametrize("spread", [0.2, 0.5])
def test_the_pooling_projection_weighs_by_distance_from_the_slot_and_sums_to_one(spread):
    rows = attend.pooling_projection(masks(40, 40, 6), 8, torch.tensor(spread))
    torch.testing.assert_close(rows[0].sum(1), torch.ones(8))
    for slot in range(8):
        weights = [math.exp(-0.5 * (((token + 0.5) * 8 / 40 - 0.5 - slot) / spread) ** 2) for token in range(40)]
        torch.testing.assert_close(rows[0, slot], torch.tensor(weights) / sum(weights), atol=1e-5, rtol=1e-4)
    # Six tokens have a slot each.
    assert rows[1, :6, :6].argmax(1).tolist() == list(range(6))
    assert rows[1, :, 6:].abs().max() == 0


def test_pooled_attention_nears_full_attention_of_slow_signals_as_the_rank_grows():
    time = torch.linspace(0, 6, 256)[None, None, :, None]
    query, key, value = ((time + shift * torch.arange(1, 9)).sin() for shift in (0.1, 0.2, 0.3))
    mask = masks(256, 256)
    exact = attend.full_plain(query, key, value, mask)
    errors = []
    for rank in (4, 16, 64, 256):
        projection = attend.pooling_projection(mask, rank, torch.tensor(0.3))
        out = attend.linformer(query, key, value, projection, projection, torch.ones(1, rank, dtype=torch.bool))
        errors.append((out - exact).abs().max().item())
    assert errors == sorted(errors, reverse=True) and errors[-1] < 0.01, errors


@pytest.mark.parametrize("seed", SEEDS)
def test_performer_nears_softmax_attention_as_the_features_grow(seed):
    query, key, value = drawn(seed, 48)
    query, key = query / 2, key / 2
    mask = masks(48, 48, 20)
    expected = dense(query, key, value, mask[:, None].expand(-1, 48, -1))
    errors = []
    for count in (8, 64, 512, 4096):
        draws = [attend.performer(query, key, value, mask, attend.orthogonal_features(count, 8, draw)) for draw in range(4)]
        errors.append((torch.stack(draws) - expected).square().mean().sqrt().item())
    for wide, narrow in zip(errors, errors[1:]):
        assert narrow < 0.6 * wide, errors
    assert errors[-1] < 0.01


def test_performers_kernel_is_unbiased_and_its_features_are_orthogonal_and_positive():
    features = attend.orthogonal_features(16, 8, 3)
    gram = features @ features.T
    for start in (0, 8):
        block = gram[start : start + 8, start : start + 8]
        torch.testing.assert_close(block, torch.diag(block.diagonal()), atol=1e-4, rtol=0)
    x, y = torch.tensor([0.3, -0.2, 0.5, 0.1] * 2), torch.tensor([0.4, 0.1, -0.3, 0.2] * 2)
    means = []
    for seed in range(400):
        drawn_features = attend.orthogonal_features(16, 8, seed)
        phi = [(drawn_features @ state - state.square().sum() / 2).exp() for state in (x, y)]
        assert min(phi[0].min(), phi[1].min()) > 0
        means.append((phi[0] * phi[1]).mean())
    assert abs(torch.stack(means).mean().item() - math.exp((x * y).sum().item())) < 0.02


def tiny(kind):
    torch.manual_seed(1)
    shape = LongShape(attention=kind, vocab_size=50, hidden_size=16, ffn_size=32, head_count=2, layers=2, embedding_size=12,
                      window=4, block=4, rank=8, features=16)
    return LongEncoder(shape).eval()


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_padding_and_neighbors_change_nothing_and_order_matters(kind):
    model = tiny(kind)
    ids = torch.randint(1, 50, (3, 37), generator=torch.Generator().manual_seed(2))
    mask = masks(37, 37, 10, 1).long()
    together = model(ids, mask)
    assert together.shape == (3, 37, 12)
    for row, count in enumerate((37, 10, 1)):
        alone = model(ids[row : row + 1, :count], torch.ones(1, count, dtype=torch.long))
        torch.testing.assert_close(together[row, :count], alone[0], atol=2e-5, rtol=1e-4)
    forward = pooled(model(ids[:1], mask[:1]), mask[:1])
    backward = pooled(model(ids[:1].flip(1), mask[:1]), mask[:1])
    assert (forward - backward).abs().max() > 1e-3


@pytest.mark.parametrize("kind", ["longformer", "bigbird", "linformer"])
@torch.no_grad()
def test_a_text_shorter_than_the_window_gets_what_full_attention_gives(kind):
    exact, model = tiny("full"), tiny(kind)
    start_from(model, exact.state_dict())
    if kind == "linformer":
        for layer in model.layers:
            layer.self_attention.spread.fill_(math.log(0.1))
    ids = torch.tensor([[3, 9, 27, 5]])
    mask = torch.ones_like(ids)
    torch.testing.assert_close(model(ids, mask), exact(ids, mask), atol=1e-5, rtol=1e-4)


def test_an_unknown_attention_is_refused():
    with pytest.raises(ValueError, match="attention must be one of full, longformer"):
        LongShape(attention="nystrom")
