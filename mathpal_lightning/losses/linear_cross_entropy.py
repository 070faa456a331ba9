"""Hidden states x head -> log-probabilities of the target tokens, without ever holding [N, V].

Shapes: N supervised positions, D hidden size, V vocabulary, C positions of one chunk, R rows of one block (R <= C).

    hidden [N, D] x head_weight [V, D]^T -> logits [C, V], one chunk at a time -> log_probs [N]

The log-probability of a token depends on the hidden state of its own position only. So its gradient for that hidden
state, one row [D], is formed while the chunk's logits are still there, and the backward pass merely scales each row by
the upstream gradient, whatever that turns out to be: SFT and DPO both need one product with the head forward and one
for the gradient, and no logits are computed twice. (Forming gradients in the forward pass for a known upstream
gradient: Hsu et al. 2024, Liger Kernel, arXiv:2410.10989. Chunks of logits that are never stored: Wijmans et al. 2024,
Cut Your Losses, arXiv:2411.09009.) Only a trainable head needs the upstream gradient first, hence the logits again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

CHUNK_SIZE = 256
"""Positions whose logits exist at a time. With fewer than about 128, a product with Gemma's head runs below the machine's
full rate: it is reading the head that takes the time. 256 rows of 262,144 bfloat16 logits take 134 MB."""


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
    in float32, or in float64 for float64 inputs. Differentiable in `hidden` and, where it requires gradients,
    `head_weight`; not twice.

    Args:
        hidden: [N, D], the final hidden states from which the targets are predicted; N may be 0.
        head_weight: [V, D], the output embedding, frozen or trainable.
        targets: int64 [N], each in [0, V).
        softcap: Gemma 2's and 3n's final softcap: logits become softcap * tanh(logits / softcap).
        chunk_size: the most positions whose logits are held at a time.

    Returns:
        float32 [N] (float64 for float64 inputs).

    Raises:
        ValueError: shapes or dtypes that do not fit together, or a chunk size or softcap below or at zero.
    """
    _check(hidden, head_weight, targets, softcap, chunk_size)
    device_type = hidden.device.type
    autocast = torch.is_autocast_enabled(device_type)
    dtype = torch.get_autocast_dtype(device_type) if autocast else head_weight.dtype
    hidden, head_weight = hidden.to(dtype), head_weight.to(dtype)
    form_gradient = torch.is_grad_enabled() and hidden.requires_grad and not head_weight.requires_grad
    return _TokenLogProbs.apply(hidden, head_weight, targets, softcap, chunk_size, form_gradient)


def _check(hidden: Tensor, head_weight: Tensor, targets: Tensor, softcap: float | None, chunk_size: int) -> None:
    if hidden.ndim != 2 or head_weight.ndim != 2 or hidden.shape[1] != head_weight.shape[1]:
        raise ValueError(f"Expected hidden [N, D] and head_weight [V, D], but got {[*hidden.shape]} and {[*head_weight.shape]}")
    if targets.shape != hidden.shape[:1] or targets.dtype != torch.int64:
        raise ValueError(f"Expected int64 targets [{hidden.shape[0]}], but got {targets.dtype} {[*targets.shape]}")
    if chunk_size < 1 or (softcap is not None and softcap <= 0):
        raise ValueError(f"Expected chunk_size and softcap above 0, but got {chunk_size} and {softcap}")


class _TokenLogProbs(torch.autograd.Function):
    """hidden, head_weight -> log_probs [N]; see the module's docstring for what is computed when."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        head_weight: Tensor,
        targets: Tensor,
        softcap: float | None,
        chunk_size: int,
        form_gradient: bool,
    ) -> Tensor:
        log_probs = torch.empty(len(hidden), dtype=_working_dtype(hidden), device=hidden.device)
        gradient = torch.empty_like(hidden) if form_gradient else None
        for rows, logits in _chunks_of_logits(hidden, head_weight, chunk_size):
            log_probs[rows] = _score(logits, targets[rows], softcap, upstream=1.0 if form_gradient else None)
            if gradient is not None:
                torch.mm(logits, head_weight, out=gradient[rows])
        ctx.softcap, ctx.chunk_size, ctx.formed = softcap, chunk_size, form_gradient
        ctx.save_for_backward(*((gradient,) if gradient is not None else (hidden, head_weight, targets)))
        return log_probs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        if ctx.formed:
            (gradient,) = ctx.saved_tensors
            return (gradient * upstream[:, None]).to(gradient.dtype), None, None, None, None, None
        hidden, head_weight, targets = ctx.saved_tensors
        hidden_gradient = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        # Summed over chunks: in float32, or small contributions would vanish beside a bfloat16 sum.
        weight_gradient = torch.zeros_like(head_weight, dtype=_working_dtype(hidden)) if ctx.needs_input_grad[1] else None
        for rows, logits in _chunks_of_logits(hidden, head_weight, ctx.chunk_size):
            _score(logits, targets[rows], ctx.softcap, upstream=upstream[rows])
            if hidden_gradient is not None:
                torch.mm(logits, head_weight, out=hidden_gradient[rows])
            if weight_gradient is not None:
                weight_gradient += logits.T @ hidden[rows]
        return (
            hidden_gradient,
            None if weight_gradient is None else weight_gradient.to(head_weight.dtype),
            None,
            None,
            None,
            None,
        )


def _working_dtype(tensor: Tensor) -> torch.dtype:
    return torch.promote_types(tensor.dtype, torch.float32)


def _chunks_of_logits(hidden: Tensor, head_weight: Tensor, chunk_size: int) -> Iterator[tuple[slice, Tensor]]:
    """Yield (rows, logits [C, V]); the logits live in one buffer that the next chunk overwrites.

    The chunks are of nearly equal size: a small last one would read the whole head for a few positions.
    """
    count = len(hidden)
    if count == 0:
        return
    num_chunks = -(-count // chunk_size)
    bounds = [count * index // num_chunks for index in range(num_chunks + 1)]
    buffer = hidden.new_empty(-(-count // num_chunks), len(head_weight))
    for start, stop in pairwise(bounds):
        logits = buffer[: stop - start]
        torch.mm(hidden[start:stop], head_weight.T, out=logits)
        yield slice(start, stop), logits


def _score(logits: Tensor, targets: Tensor, softcap: float | None, *, upstream: Tensor | float | None) -> Tensor:
    """The log-probabilities [C] of the targets; overwrites `logits` [C, V] with upstream * d log_probs / d logits.

    With `upstream=None` the logits are left alone. Works through a few rows at a time, so that on a CPU all passes over
    a row of float32 copies find it in the cache: three times as fast as pass after pass over the chunk.
    """
    count, vocabulary = logits.shape
    rows = min(count, 2 * torch.get_num_threads()) if logits.device.type == "cpu" else count
    work = torch.empty(rows, vocabulary, dtype=_working_dtype(logits), device=logits.device)
    slopes = torch.empty_like(work) if softcap is not None and upstream is not None else None
    log_probs = torch.empty(count, dtype=work.dtype, device=logits.device)
    for start in range(0, count, rows):
        block = logits[start : start + rows]
        probabilities, columns = work[: len(block)], targets[start : start + rows, None]
        probabilities.copy_(block)
        slope = None if slopes is None else slopes[: len(block)]
        if softcap is not None:
            _softcap_(probabilities, softcap, slope)
        target_logits, maxima = probabilities.gather(1, columns), probabilities.amax(1, keepdim=True)
        torch.softmax(probabilities, 1, out=probabilities)
        # The largest probability is 1 / sum(exp(logit - maximum)): its logarithm cannot underflow, a target's could.
        log_probs[start : start + rows] = (target_logits - maxima + probabilities.amax(1, keepdim=True).log())[:, 0]
        if upstream is None:
            continue
        probabilities.scatter_add_(1, columns, torch.full_like(target_logits, -1.0))
        probabilities.mul_(-upstream[start : start + rows, None] if isinstance(upstream, Tensor) else -upstream)
        block.copy_(probabilities if slope is None else probabilities.mul_(slope))
    return log_probs


def _softcap_(logits: Tensor, softcap: float, slope: Tensor | None) -> None:
    """Turn logits into softcap * tanh(logits / softcap) + softcap in place; write 1 - tanh(logits / softcap)^2 to `slope`.

    Written with a sigmoid, 1 + tanh(x) = 2 sigmoid(2x), which costs a seventh of a tanh on a CPU; the added constant
    cancels in a softmax.
    """
    sigmoid = logits.mul_(2 / softcap).sigmoid_()
    if slope is not None:
        torch.addcmul(sigmoid, sigmoid, sigmoid, value=-1.0, out=slope).mul_(4.0)
    sigmoid.mul_(2 * softcap)
