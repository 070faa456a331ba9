"""Hidden states x head -> log-probabilities of the target tokens. The logits [N, V] are never all in memory.

Shapes: N supervised positions, D hidden size, V vocabulary, C positions of one chunk, B tokens of one block of the vocabulary.

    hidden [C, D] x head_weight [B, D]^T -> logits [C, B], one block at a time -> log_probs [C]

The softmax is computed online, over blocks that fit a CPU's cache. It keeps the largest logit and the sum of exponentials so
far, and rescales the sum when a larger logit comes (Milakov and Gimelshein 2018, arXiv:1805.02867).

The log-probability of a token depends on the hidden state of one position only. Its gradient for that hidden state is the
target's row of the head minus the mean row,

    d log p(target) / d hidden = head_weight[target] - sum_v p(v) head_weight[v].

This sum is also formed online, in the forward pass, while the logits of a block exist. The backward pass then only multiplies
each row by the upstream gradient. So both SFT and DPO need two products with the head, one for the logits and one for the
gradient, and compute no logits twice. (Gradients formed in the forward pass: Hsu et al. 2024, Liger Kernel, arXiv:2410.10989.
Blocks of logits that are never stored: Wijmans et al. 2024, Cut Your Losses, arXiv:2411.09009.) If the head is trainable, its
gradient needs the upstream gradient first. Only then the backward pass computes the logits again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mathpal_lightning.compat.torch import Context, applied

CHUNK_SIZE = 1024
"""Positions that go through the head together. With fewer than about 128, a product with Gemma's head runs below the machine's
full rate, because most of the time goes into reading the head."""
_BLOCK = {"cpu": 2**22, "cuda": 2**26}
"""Logits of one block: 8 MB in bfloat16 on a CPU, 128 MB on a GPU, where large kernels are more efficient."""
_PIECE = {"cpu": 2**18, "cuda": 2**26}
"""Logits of a block that go through the softmax together. On a CPU 1 MB in float32, which stays in a core's own cache from one
pass to the next. On a GPU a whole block."""
_COUNTED_FOR: ContextVar[str] = ContextVar("the device whose blocks are counted", default="")


def token_log_probs(
    hidden: Tensor,
    head_weight: Tensor,
    targets: Tensor,
    *,
    softcap: float | None = None,
    chunk_size: int = CHUNK_SIZE,
) -> Tensor:
    """The log-probability of each target token: log_softmax(cap(hidden @ head_weight.T))[i, targets[i]].

    The products run in the head's dtype (the autocast dtype inside an autocast region), softcap, exponentials and sums
    in float32, or in float64 for float64 inputs. Differentiable once, in `hidden` and, if it requires gradients, in
    `head_weight`.

    Args:
        hidden: [N, D], the final hidden states from which the targets are predicted; N may be 0.
        head_weight: [V, D], the output embedding, frozen or trainable.
        targets: int64 [N], each in [0, V).
        softcap: Gemma 2's and 3n's final softcap: logits become softcap * tanh(logits / softcap).
        chunk_size: the most positions that go through the head together.

    Returns:
        float32 [N] (float64 for float64 inputs).

    Raises:
        ValueError: shapes or dtypes do not fit together, or `chunk_size` or `softcap` is not above zero.
    """
    _check(hidden, head_weight, targets, softcap, chunk_size)
    device_type = hidden.device.type
    autocast = torch.is_autocast_enabled(device_type)
    dtype = torch.get_autocast_dtype(device_type) if autocast else head_weight.dtype
    hidden, head_weight = hidden.to(dtype), head_weight.to(dtype)
    form_gradient = torch.is_grad_enabled() and hidden.requires_grad and not head_weight.requires_grad
    return applied(_TokenLogProbs, hidden, head_weight, targets, softcap, chunk_size, form_gradient)


def _check(hidden: Tensor, head_weight: Tensor, targets: Tensor, softcap: float | None, chunk_size: int) -> None:
    if hidden.ndim != 2 or head_weight.ndim != 2 or hidden.shape[1] != head_weight.shape[1]:
        raise ValueError(f"Expected hidden [N, D] and head_weight [V, D], but got {[*hidden.shape]} and {[*head_weight.shape]}")
    if targets.shape != hidden.shape[:1] or targets.dtype != torch.int64:
        raise ValueError(f"Expected int64 targets [{hidden.shape[0]}], but got {targets.dtype} {[*targets.shape]}")
    if chunk_size < 1 or (softcap is not None and softcap <= 0):
        raise ValueError(f"Expected chunk_size and softcap above 0, but got {chunk_size} and {softcap}")


class _TokenLogProbs(torch.autograd.Function):
    """hidden, head_weight -> log_probs [N]. The module's docstring says what is computed in which pass."""

    @staticmethod
    def forward(
        ctx: Context,
        hidden: Tensor,
        head_weight: Tensor,
        targets: Tensor,
        softcap: float | None,
        chunk_size: int,
        form_gradient: bool,
    ) -> Tensor:
        log_probs = torch.empty(len(hidden), dtype=_working_dtype(hidden), device=hidden.device)
        log_sums = torch.empty_like(log_probs)
        gradient = torch.empty_like(hidden) if form_gradient else None
        for rows in _chunks(len(hidden), chunk_size):
            own = None if gradient is None else gradient[rows]
            log_probs[rows], log_sums[rows] = _score(hidden[rows], head_weight, targets[rows], softcap, own)
        ctx.softcap, ctx.chunk_size, ctx.formed = softcap, chunk_size, form_gradient
        ctx.save_for_backward(*((gradient,) if gradient is not None else (hidden, head_weight, targets, log_sums)))
        return log_probs

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, upstream: Tensor) -> tuple[Tensor | None, ...]:
        if ctx.formed:
            (gradient,) = ctx.saved_tensors
            return (gradient * upstream[:, None]).to(gradient.dtype), None, None, None, None, None
        hidden, head_weight, targets, log_sums = ctx.saved_tensors
        # The sums over blocks and chunks are float32: a bfloat16 sum would round small contributions away.
        floats = _working_dtype(hidden)
        hidden_sum = torch.zeros_like(hidden, dtype=floats) if ctx.needs_input_grad[0] else None
        weight_sum = torch.zeros_like(head_weight, dtype=floats) if ctx.needs_input_grad[1] else None
        for rows in _chunks(len(hidden), ctx.chunk_size):
            for block in _blocks(hidden[rows], head_weight, targets[rows]):
                for piece in _pieces(block.products, ctx.softcap, slopes=True):
                    slope = piece.logits.sub_(log_sums[rows, None][piece.rows]).exp_()
                    slope.scatter_add_(1, block.columns[piece.rows], -block.is_here[piece.rows])
                    slope.mul_(-upstream[rows, None][piece.rows])
                    piece.products.copy_(slope if piece.slopes is None else slope.mul_(piece.slopes))
                slope = block.products
                if hidden_sum is not None:
                    hidden_sum[rows] += slope @ head_weight[block.tokens]
                if weight_sum is not None:
                    weight_sum[block.tokens] += slope.T @ hidden[rows]
        sums = (None if total is None else total.to(hidden.dtype) for total in (hidden_sum, weight_sum))
        return *sums, None, None, None, None


def _score(
    hidden: Tensor, head_weight: Tensor, targets: Tensor, softcap: float | None, gradient: Tensor | None
) -> tuple[Tensor, Tensor]:
    """The log-probabilities of the targets and the log-sums of all exponentials, [C] each. Fills `gradient` [C, D]."""
    maxima = torch.full((len(hidden), 1), -torch.inf, dtype=_working_dtype(hidden), device=hidden.device)
    sums, target_logits, higher, block_sums = (torch.zeros_like(maxima) for _ in range(4))
    weighted_rows = None if gradient is None else torch.zeros_like(hidden, dtype=maxima.dtype)
    for block in _blocks(hidden, head_weight, targets):
        target_logits += block.products.gather(1, block.columns) * block.is_here
        for piece in _pieces(block.products, softcap, slopes=gradient is not None):
            rows = piece.rows
            torch.maximum(maxima[rows], piece.logits.amax(1, keepdim=True), out=higher[rows])
            weights = piece.logits.sub_(higher[rows]).exp_()
            torch.sum(weights, 1, keepdim=True, out=block_sums[rows])
            piece.products.copy_(weights if piece.slopes is None else weights.mul_(piece.slopes))
        shrink = (maxima - higher).exp_()
        maxima.copy_(higher)
        sums.mul_(shrink).add_(block_sums)
        if weighted_rows is not None:
            weighted_rows.mul_(shrink).add_(block.products @ head_weight[block.tokens])
    log_sums = maxima + sums.log()
    if softcap is not None:
        _softcap_(target_logits, softcap, None)
    if gradient is not None and weighted_rows is not None:
        slope = 1.0 if softcap is None else 1.0 - (target_logits / softcap) ** 2
        gradient.copy_(head_weight[targets] * slope - weighted_rows / sums)
    return (target_logits - log_sums)[:, 0], log_sums[:, 0]


class _Block(NamedTuple):
    """The products of one block of the vocabulary; the next block overwrites them."""

    tokens: slice
    """The rows of the head."""
    products: Tensor
    """[C, B], hidden states times the head."""
    columns: Tensor
    """int64 [C, 1], the target's column in the block if the target is one of its tokens, else any column."""
    is_here: Tensor
    """[C, 1], 1 where the target is a token of the block, else 0."""


def _blocks(hidden: Tensor, head_weight: Tensor, targets: Tensor) -> Iterator[_Block]:
    count = len(hidden)
    blocks = _chunks(len(head_weight), max(1, _of_device(_BLOCK, hidden) // count))
    # All blocks use one buffer: on a CPU, allocating memory for each would take as long as the softmax.
    buffer = hidden.new_empty(count * max((block.stop - block.start for block in blocks), default=0))
    for tokens in blocks:
        head = head_weight[tokens]
        products = torch.mm(hidden, head.T, out=_front(buffer, (count, len(head))))
        columns = targets[:, None] - tokens.start
        is_here = ((columns >= 0) & (columns < len(head))).to(_working_dtype(hidden))
        yield _Block(tokens, products, columns.clamp(0, len(head) - 1), is_here)


class _Piece(NamedTuple):
    """Some rows of a block; the next piece overwrites the logits."""

    rows: slice
    products: Tensor
    logits: Tensor
    """After the softcap, in the working dtype. The same tensor as `products` if that already has the working dtype."""
    slopes: Tensor | None
    """d logits / d products if there is a softcap and the caller needs them, else None."""


def _pieces(products: Tensor, softcap: float | None, slopes: bool) -> Iterator[_Piece]:
    """Split a block [C, B] into groups of rows that fit a core's own cache."""
    count, width = products.shape
    pieces = _chunks(count, max(1, _of_device(_PIECE, products) // width))
    size, dtype = width * max(rows.stop - rows.start for rows in pieces), _working_dtype(products)
    buffer = products.new_empty(size, dtype=dtype)
    slope = torch.empty_like(buffer) if slopes and softcap is not None else None
    for rows in pieces:
        own = products[rows]
        logits = own if dtype == own.dtype else _front(buffer, own.shape).copy_(own)
        own_slope = None if slope is None else _front(slope, own.shape)
        if softcap is not None:
            _softcap_(logits, softcap, own_slope)
        yield _Piece(rows, own, logits, own_slope)


@contextmanager
def blocks_of(device_type: str) -> Iterator[None]:
    """Inside this context, use the block sizes of another device. The memory estimate counts a GPU's blocks on meta tensors."""
    before = _COUNTED_FOR.set(device_type)
    try:
        yield
    finally:
        _COUNTED_FOR.reset(before)


def _of_device(sizes: dict[str, int], tensor: Tensor) -> int:
    return sizes.get(_COUNTED_FOR.get() or tensor.device.type, sizes["cuda"])


def _front(buffer: Tensor, shape: Sequence[int]) -> Tensor:
    """The first elements of a buffer as a matrix."""
    return buffer[: shape[0] * shape[1]].view(shape)


def _working_dtype(tensor: Tensor) -> torch.dtype:
    return torch.promote_types(tensor.dtype, torch.float32)


def _chunks(count: int, size: int) -> list[slice]:
    """Slices of nearly equal size, because a small last one would read the whole head for a few positions."""
    number = -(-count // size)
    return [slice(count * index // number, count * (index + 1) // number) for index in range(number)]


def _softcap_(logits: Tensor, softcap: float, slope: Tensor | None) -> None:
    """Turn logits into softcap * tanh(logits / softcap) in place; write 1 - tanh(logits / softcap)^2 to `slope`.

    Uses 1 + tanh(x) = 2 sigmoid(2x): on a CPU the sigmoid takes a seventh of the time of a tanh.
    """
    sigmoid = logits.mul_(2 / softcap).sigmoid_()
    if slope is not None:
        torch.addcmul(sigmoid, sigmoid, sigmoid, value=-1.0, out=slope).mul_(4.0)
    sigmoid.mul_(2 * softcap).sub_(softcap)
