"""token_log_probs equals log_softmax of the full logits: value, every gradient, every chunking, and never holds [N, V]."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.checkpoint import checkpoint

from mathpal_lightning.losses import linear_cross_entropy, token_log_probs

SOFTCAPS = pytest.mark.parametrize("softcap", [None, 2.0])


def plain(hidden, head_weight, targets, softcap=None):
    """The three lines every textbook has."""
    logits = hidden @ head_weight.T
    if softcap is not None:
        logits = torch.tanh(logits / softcap) * softcap
    return logits.to(torch.promote_types(logits.dtype, torch.float32)).log_softmax(-1).gather(1, targets[:, None])[:, 0]


def inputs(count=7, hidden_size=5, vocabulary=11, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    hidden = torch.randn(count, hidden_size, generator=generator, dtype=torch.float64).to(dtype).requires_grad_()
    head = torch.randn(vocabulary, hidden_size, generator=generator, dtype=torch.float64).to(dtype)
    return hidden, head, torch.randint(0, vocabulary, (count,), generator=generator)


def gradients(function, hidden, head, targets, **settings):
    """Value and gradients under an upstream gradient that differs from token to token."""
    hidden, head = hidden.detach().requires_grad_(), head.detach().requires_grad_(head.requires_grad)
    log_probs = function(hidden, head, targets, **settings)
    log_probs.backward(torch.linspace(-1, 2, len(targets), dtype=log_probs.dtype))
    return log_probs.detach(), hidden.grad, head.grad


def test_by_hand():
    """Two tokens, hidden 1 and 0: p = e^3 / (e^3 + e^1) for the first, one half for the second."""
    hidden, head = torch.tensor([[1.0], [0.0]]), torch.tensor([[3.0], [1.0]])
    log_probs = token_log_probs(hidden, head, torch.tensor([0, 1]))
    torch.testing.assert_close(log_probs.exp(), torch.tensor([20.0855 / (20.0855 + 2.7183), 0.5]), atol=1e-5, rtol=0)


@SOFTCAPS
@pytest.mark.parametrize("trainable_head", [False, True])
@pytest.mark.parametrize("chunk_size", [1, 2, 3, 6, 7, 8, 1000])
@pytest.mark.parametrize(("block", "piece"), [(1, 1000), (12, 1), (20, 9), (1000, 25), (1000, 1000)])
def test_equals_full_logits_whatever_the_chunks_and_blocks(chunk_size, block, piece, trainable_head, softcap, monkeypatch):
    monkeypatch.setitem(linear_cross_entropy._BLOCK, "cpu", block)
    monkeypatch.setitem(linear_cross_entropy._PIECE, "cpu", piece)
    hidden, head, targets = inputs()
    head.requires_grad_(trainable_head)
    ours = gradients(token_log_probs, hidden, head, targets, softcap=softcap, chunk_size=chunk_size)
    for own, reference in zip(ours, gradients(plain, hidden, head, targets, softcap=softcap), strict=True):
        torch.testing.assert_close(own, reference, atol=1e-12, rtol=1e-12)
    assert (ours[2] is not None) == trainable_head


@SOFTCAPS
@pytest.mark.parametrize("trainable_head", [False, True])
def test_gradcheck(trainable_head, softcap):
    hidden, head, targets = inputs()
    head.requires_grad_(trainable_head)
    assert torch.autograd.gradcheck(
        lambda hidden, head: token_log_probs(hidden, head, targets, softcap=softcap, chunk_size=3), (hidden, head)
    )


def test_only_the_head_requires_gradients():
    hidden, head, targets = inputs()
    head.requires_grad_()
    token_log_probs(hidden.detach(), head, targets, chunk_size=2).sum().backward()
    (expected,) = torch.autograd.grad(plain(hidden, head, targets).sum(), head)
    torch.testing.assert_close(head.grad, expected, atol=1e-12, rtol=1e-12)


@SOFTCAPS
@pytest.mark.parametrize("trainable_head", [False, True])
@pytest.mark.parametrize("piece", [3000, 10**6])
def test_bfloat16_is_as_near_the_truth_as_the_plain_loss(piece, trainable_head, softcap, monkeypatch):
    """Against float64 on the same bfloat16 numbers, the error is at most the plain bfloat16 loss's (and half as much again)."""
    monkeypatch.setitem(linear_cross_entropy._PIECE, "cpu", piece)
    hidden, head, targets = inputs(count=64, hidden_size=32, vocabulary=1000, dtype=torch.bfloat16)
    head.requires_grad_(trainable_head)
    truth = gradients(plain, hidden.double(), head.detach().double().requires_grad_(trainable_head), targets, softcap=softcap)
    ours = gradients(token_log_probs, hidden, head, targets, softcap=softcap, chunk_size=24)
    reference = gradients(plain, hidden, head, targets, softcap=softcap)
    assert ours[0].dtype == torch.float32
    for own, other, exact in zip(ours, reference, truth, strict=True):
        if exact is not None:
            own_error, other_error = (own - exact).norm() / exact.norm(), (other - exact).norm() / exact.norm()
            assert own_error < max(1.5 * other_error, 1e-5)
            assert own_error < 0.01


def test_the_heads_gradient_is_summed_in_float32():
    """256 chunks that each add 2^-9 to a sum near 1: a bfloat16 sum would stand still."""
    head = torch.zeros(2, 1, dtype=torch.bfloat16, requires_grad=True)
    hidden = torch.full((257, 1), 2.0**-8, dtype=torch.bfloat16)
    hidden[0] = 2.0
    token_log_probs(hidden, head, torch.zeros(257, dtype=torch.int64), chunk_size=1).sum().backward()
    assert head.grad.tolist() == [[1.5], [-1.5]]


@pytest.mark.parametrize("scale", [1e3, 1e-30])
@pytest.mark.parametrize("block", [7, 1000])
def test_extreme_logits_stay_finite(scale, block, monkeypatch):
    monkeypatch.setitem(linear_cross_entropy._BLOCK, "cpu", block)
    hidden, head, targets = inputs(dtype=torch.float32)
    ours = gradients(token_log_probs, hidden * scale, head, targets)
    reference = gradients(plain, (hidden * scale).double(), head.double(), targets)
    assert all(torch.isfinite(value).all() for value in ours[:2])
    torch.testing.assert_close(ours[0].double(), reference[0], atol=1e-5, rtol=1e-5)
    if scale > 1:
        assert ours[0].min() < -500  # a probability that float32 cannot hold


def test_no_token_at_all():
    hidden, head, targets = inputs(count=0)
    head.requires_grad_()
    for frozen_or_not in (head, head.detach()):
        log_probs = token_log_probs(hidden, frozen_or_not, targets)
        assert log_probs.shape == (0,)
        log_probs.sum().backward()
    assert hidden.grad.shape == (0, 5)
    assert head.grad.eq(0).all()


def test_without_gradients_nothing_is_kept():
    hidden, head, targets = inputs()
    with torch.no_grad():
        log_probs = token_log_probs(hidden, head, targets)
    assert log_probs.grad_fn is None
    torch.testing.assert_close(log_probs, plain(hidden, head, targets).detach(), atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("use_reentrant", [False, True])
def test_inside_gradient_checkpointing(use_reentrant):
    hidden, head, targets = inputs()
    expected = gradients(plain, hidden, head, targets)
    checkpointed = gradients(
        lambda *arguments: checkpoint(token_log_probs, *arguments, use_reentrant=use_reentrant), hidden, head, targets
    )
    torch.testing.assert_close(checkpointed[:2], expected[:2], atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("trainable_head", [False, True])
def test_inside_autocast_equals_the_plain_loss_inside_autocast(trainable_head):
    hidden, head, targets = inputs(count=40, hidden_size=16, vocabulary=100, dtype=torch.float32)
    head.requires_grad_(trainable_head)

    def within(function):
        def run(*arguments):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                return function(*arguments)

        return gradients(run, hidden, head, targets)

    ours, reference = within(token_log_probs), within(plain)
    assert ours[0].dtype == ours[1].dtype == torch.float32
    torch.testing.assert_close(ours[0], reference[0], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(ours[1], reference[1], atol=0.05, rtol=0.02)
    if trainable_head:
        torch.testing.assert_close(ours[2], reference[2], atol=0.05, rtol=0.02)
    in_float32 = gradients(plain, hidden, head, targets)
    assert (ours[0] - in_float32[0]).abs().max() > 1e-3  # autocast did something


class LargestTensor(TorchDispatchMode):
    """Records the number of elements of the largest tensor that any operation returns."""

    elements = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for tensor in torch.utils._pytree.tree_leaves(result):
            if isinstance(tensor, torch.Tensor):
                self.elements = max(self.elements, tensor.numel())
        return result


@SOFTCAPS
@pytest.mark.parametrize("trainable_head", [False, True])
def test_never_holds_more_than_a_block_of_logits(trainable_head, softcap, monkeypatch):
    count, vocabulary, chunk_size, block = 200, 1000, 16, 4000
    monkeypatch.setitem(linear_cross_entropy._BLOCK, "cpu", block)
    hidden, head, targets = inputs(count, 4, vocabulary)
    head.requires_grad_(trainable_head)
    with LargestTensor() as ours:
        gradients(token_log_probs, hidden, head, targets, softcap=softcap, chunk_size=chunk_size)
    with LargestTensor() as reference:
        gradients(plain, hidden, head, targets, softcap=softcap)
    assert ours.elements <= block
    assert reference.elements == count * vocabulary


def test_the_blocks_of_another_device_are_taken_inside_of_the_context_only(monkeypatch):
    """So the memory of a GPU is counted on a machine without one; a device that is in no table has a GPU's."""
    monkeypatch.setattr(linear_cross_entropy, "_BLOCK", {"cpu": 40, "cuda": 200})
    hidden, head, targets = inputs(count=20, vocabulary=100)
    sizes = []

    def largest():
        with LargestTensor() as ours, torch.no_grad():
            token_log_probs(hidden, head, targets)
        sizes.append(ours.elements)

    largest()
    for device in ("cuda", "tpu"):
        with linear_cross_entropy.blocks_of(device):
            largest()
    largest()
    assert sizes == [100, 200, 200, 100]  # the hidden states are 20 x 5


@pytest.mark.parametrize("wrong", ["hidden", "head", "targets", "dtype", "chunk_size", "softcap"])
def test_wrong_arguments_are_named(wrong):
    hidden, head, targets = inputs()
    settings = {"chunk_size": 0} if wrong == "chunk_size" else {"softcap": 0.0} if wrong == "softcap" else {}
    arguments = {
        "hidden": (hidden[None], head, targets),
        "head": (hidden, head.T, targets),
        "targets": (hidden, head, targets[1:]),
        "dtype": (hidden, head, targets.int()),
    }.get(wrong, (hidden, head, targets))
    with pytest.raises(ValueError, match="Expected .* but got"):
        token_log_probs(*arguments, **settings)
