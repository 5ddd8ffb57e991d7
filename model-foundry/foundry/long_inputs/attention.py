"""Five attentions over ``[batch, heads, length, head size]``: one exact, four whose cost grows linearly with the length.

``mask`` is ``[batch, length]``, true where a token counts; padding stands behind the tokens. What a padding query gets is
of no meaning. Every function depends on the mask alone, never on how much padding there is, and is written so that
``torch.onnx.export`` keeps batch and length dynamic: it takes the shape of ``zeros_like`` for a constant, not that of ``x * 0``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

MASKED = -1e4
WINDOW_BLOCKS = 3


def padding_bias(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """``[batch, 1, 1, length]``: 0 where a token counts, far below any score where not."""
    return (1.0 - mask.to(dtype))[:, None, None, :] * MASKED


def full(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Scaled dot-product attention (Vaswani et al. 2017): O(n² d)."""
    return F.scaled_dot_product_attention(query, key, value, attn_mask=padding_bias(mask, query.dtype))


def full_plain(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """The same by two matrix products, with the whole matrix of scores in memory."""
    scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[3]) + padding_bias(mask, query.dtype)
    return scores.softmax(-1) @ value


def _with_neighbors(blocks: Tensor) -> Tensor:
    """``[batch, heads, blocks, block, size]`` to ``[…, 3 · block, size]``: each block between its neighbors, zeros at the ends."""
    edge = blocks[:, :, :1] * 0
    before = torch.cat([edge, blocks[:, :, :-1]], dim=2)
    after = torch.cat([blocks[:, :, 1:], edge], dim=2)
    return torch.cat([before, blocks, after], dim=3)


def _window_scores(query: Tensor, key: Tensor, mask: Tensor, window: int) -> Tensor:
    """Scores ``[batch, heads, blocks, window, 3 · window]`` of blocks of queries against the keys around them."""
    batch, heads, size = mask.shape[0], query.shape[1], query.shape[3]
    blocks = lambda states: states.reshape(batch, heads, -1, window, size)  # noqa: E731
    scores = blocks(query) @ _with_neighbors(blocks(key)).transpose(3, 4) / math.sqrt(size)
    offset = torch.arange(WINDOW_BLOCKS * window)[None, :] - window - torch.arange(window)[:, None]
    allowed = _with_neighbors(mask.to(query.dtype).reshape(batch, 1, -1, window, 1)).transpose(3, 4)
    return scores + (1.0 - allowed * (offset.abs() <= window).to(query.dtype)) * MASKED


def sliding_window(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, window: int) -> Tensor:
    """Longformer's window alone. The length is a multiple of ``window``."""
    batch, heads, size = mask.shape[0], query.shape[1], query.shape[3]
    weights = _window_scores(query, key, mask, window).softmax(-1)
    mixed = weights @ _with_neighbors(value.reshape(batch, heads, -1, window, size))
    return mixed.reshape(batch, heads, -1, size)


def longformer(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor, window: int, global_query: Tensor, global_key: Tensor, global_value: Tensor
) -> Tensor:
    """Sliding window and one global token (Beltagy et al. 2020): O(n · window · d).

    A token attends to those at most ``window`` away on either side and to the first token; the first token attends to all,
    with queries, keys and values of its own (``global_query`` is ``[batch, heads, 1, size]``). The length is a multiple of
    ``window``. Blocks of ``window`` queries meet three blocks of keys in one matrix product; what is further away than the
    window is masked out.
    """
    (batch, length), (heads, size) = mask.shape, (query.shape[1], query.shape[3])
    scale = 1.0 / math.sqrt(size)
    blocks = lambda states: states.reshape(batch, heads, -1, window, size)  # noqa: E731
    # The first token is not counted again where the window reaches it.
    near = _window_scores(query, key, mask & (torch.arange(length) > 0), window)
    first = blocks(query) @ key[:, :, None, :1].transpose(3, 4) * scale
    weights = torch.cat([first, near], dim=-1).softmax(-1)
    mixed = weights[..., :1] * value[:, :, None, :1] + weights[..., 1:] @ _with_neighbors(blocks(value))
    everything = (global_query @ global_key.transpose(2, 3) * scale + padding_bias(mask, query.dtype)).softmax(-1) @ global_value
    return torch.cat([everything, mixed.reshape(batch, heads, -1, size)[:, :, 1:]], dim=2)


def random_fractions(blocks: int, count: int, seed: int) -> Tensor:
    """``[blocks, count]`` from [0, 1): which of a row's blocks each block attends to at random, as a part of their number."""
    return torch.rand(blocks, count, generator=torch.Generator().manual_seed(seed))


def bigbird_blocks(mask: Tensor, block: int, fractions: Tensor) -> tuple[Tensor, Tensor]:
    """Which blocks of keys each block of queries meets, and whether each counts: ``[batch, blocks, 4 + random]`` twice.

    In order: the global first block, the window of three, the random ones. A block that was listed before does not count
    again, nor does one beyond the row's tokens, so padding changes no choice.
    """
    count = mask.shape[1] // block
    used = (mask.to(torch.int64).sum(1) + block - 1) // block
    own = torch.arange(count)[None, :, None] + used[:, None, None] * 0
    chosen = (fractions[:count][None] * used[:, None, None].to(torch.float32)).floor().to(torch.int64)
    listed = torch.cat([own * 0, own - 1, own, own + 1, chosen], dim=2)
    counts = (listed >= 0) & (listed < used[:, None, None])
    earlier = torch.arange(listed.shape[2])
    repeated = (listed[:, :, :, None] == listed[:, :, None, :]) & (earlier[None, :] < earlier[:, None])
    return listed.clamp(min=0).minimum(own * 0 + (count - 1)), counts & ~repeated.any(3)


def bigbird(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, block: int, fractions: Tensor) -> Tensor:
    """Window, global and random blocks (Zaheer et al. 2020, internal global tokens): O(n · 7 · block · d).

    A block of queries meets the blocks that :func:`bigbird_blocks` lists; the first block meets all tokens. The length is a
    multiple of ``block``.
    """
    (batch, length), (heads, size) = mask.shape, (query.shape[1], query.shape[3])
    listed, counts = bigbird_blocks(mask, block, fractions)
    count, reach = length // block, listed.shape[2] * block
    rows = (listed + torch.arange(batch)[:, None, None] * count).reshape(-1)

    def gathered(states: Tensor) -> Tensor:
        cut = states.transpose(1, 2).reshape(-1, block * heads * size)
        return cut.index_select(0, rows).reshape(-1, reach, heads, size).transpose(1, 2)

    scale = 1.0 / math.sqrt(size)
    queries = query.reshape(batch, heads, -1, block, size).transpose(1, 2).reshape(-1, heads, block, size)
    tokens = mask.to(query.dtype).reshape(-1, block).index_select(0, rows).reshape(batch * count, -1, block)
    allowed = (tokens * counts.reshape(batch * count, -1, 1).to(query.dtype)).reshape(-1, 1, 1, reach)
    weights = (queries @ gathered(key).transpose(2, 3) * scale + (1.0 - allowed) * MASKED).softmax(-1)
    mixed = (weights @ gathered(value)).reshape(batch, -1, heads, block, size).transpose(1, 2).reshape(batch, heads, -1, size)
    first = (query[:, :, :block] @ key.transpose(2, 3) * scale + padding_bias(mask, query.dtype)).softmax(-1) @ value
    return torch.cat([first, mixed[:, :, block:]], dim=2)


def pooling_projection(mask: Tensor, rank: int, spread: Tensor) -> Tensor:
    """A projection ``[batch, rank, length]`` from a row's tokens to ``rank`` slots spread evenly over them, rows summing to 1.

    Slot ``s`` weighs a token by a Gaussian of its distance from the slot's middle; ``spread`` is the Gaussian's width in
    slots. A row of at most ``rank`` tokens has one slot a token.
    """
    tokens = mask.to(torch.float32).sum(1).clamp(min=1.0)[:, None, None]
    slots = tokens.clamp(max=float(rank))
    slot = torch.arange(rank)[None, :, None].to(torch.float32)
    place = (torch.arange(mask.shape[1]).to(torch.float32)[None, None, :] + 0.5) * slots / tokens - 0.5
    closeness = -0.5 * ((place - slot) / spread).square()
    weights = closeness.clamp(min=-60.0).exp() * mask.to(torch.float32)[:, None, :]
    return weights / weights.sum(2, keepdim=True).clamp(min=1e-9)


def linformer(query: Tensor, key: Tensor, value: Tensor, key_map: Tensor, value_map: Tensor, slots: Tensor) -> Tensor:
    """Attention over keys and values projected along the length (Wang et al. 2020): O(n · rank · d).

    ``key_map`` and ``value_map`` are E and F of the paper, ``[batch, rank, length]``; ``slots`` ``[batch, rank]`` is true for
    projected rows that count.
    """
    low_key = key_map[:, None].to(key.dtype) @ key
    low_value = value_map[:, None].to(value.dtype) @ value
    return full_plain(query, low_key, low_value, slots)


def orthogonal_features(count: int, size: int, seed: int) -> Tensor:
    """``[count, size]``: rows orthogonal within each block of ``size``, lengths as of Gaussian vectors (Choromanski et al. 2021)."""
    generator = torch.Generator().manual_seed(seed)

    def rotation() -> Tensor:
        turned, upper = torch.linalg.qr(torch.randn(size, size, generator=generator, dtype=torch.float64))
        # Without the signs the rotations are not uniform (Mezzadri 2007), and the estimate would be biased.
        return (turned * upper.diagonal().sign()).T

    rotations = torch.cat([rotation() for _ in range(-(-count // size))])[:count]
    lengths = torch.randn(count, size, generator=generator, dtype=torch.float64).norm(dim=1)
    return (rotations * lengths[:, None]).float()


def performer(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, features: Tensor) -> Tensor:
    """FAVOR+: softmax attention by positive orthogonal random features (Choromanski et al. 2021): O(n · features · d).

    ``exp(q·k)`` is the expectation of ``φ(q)·φ(k)`` with ``φ(x) = exp(Ωx − |x|²/2)``. Subtracting a maximum from the
    exponents scales numerator and denominator alike.
    """
    scale = query.shape[3] ** -0.25
    dtype = query.dtype

    def exponents(states: Tensor) -> Tensor:
        scaled = states.float() * scale
        return scaled @ features.T - 0.5 * scaled.square().sum(-1, keepdim=True)

    of_query, of_key = exponents(query), exponents(key)
    of_key = of_key + padding_bias(mask, torch.float32).transpose(2, 3)
    phi_query = (of_query - of_query.amax(3, keepdim=True)).exp()
    phi_key = (of_key - of_key.amax((2, 3), keepdim=True)).exp()
    total = phi_key.sum(2, keepdim=True)
    mixed = phi_query @ (phi_key.transpose(2, 3) @ value.float())
    return (mixed / ((phi_query * total).sum(3, keepdim=True) + 1e-6)).to(dtype)
