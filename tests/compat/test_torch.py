"""Private parts of PyTorch compute what their names say, and are missed with a clear error."""

import importlib
import sys
from types import SimpleNamespace

import pytest
import torch

from mathpal_lightning.compat import torch as compat
from mathpal_lightning.errors import ConfigError


def test_each_tensor_is_multiplied_in_place():
    tensors = [torch.tensor([1.0, 2.0]), torch.tensor([[3.0]])]
    compat.multiply_each(tensors, 0.5)
    assert [tensor.tolist() for tensor in tensors] == [[0.5, 1.0], [[1.5]]]


def test_the_softmax_gradient_is_that_of_autograd():
    scores = torch.randn(3, 5, requires_grad=True, generator=torch.Generator().manual_seed(0))
    probabilities, upstream = scores.softmax(-1), torch.arange(15.0).reshape(3, 5)
    (expected,) = torch.autograd.grad(probabilities, scores, upstream)
    torch.testing.assert_close(compat.softmax_backward(upstream, probabilities.detach()), expected)


def test_the_gelu_gradient_is_that_of_autograd():
    x = torch.linspace(-3, 3, 7, requires_grad=True)
    (expected,) = torch.autograd.grad(torch.nn.functional.gelu(x, approximate="tanh"), x, torch.ones(7))
    torch.testing.assert_close(compat.gelu_backward(torch.ones(7), x.detach()), expected)


def test_views_share_a_storage_and_copies_do_not():
    tensor = torch.zeros(4)
    address = compat.storage_address(tensor.untyped_storage())
    assert compat.storage_address(tensor[1:].untyped_storage()) == address
    assert compat.storage_address(tensor.clone().untyped_storage()) != address


@pytest.mark.parametrize(
    ("owner", "name", "use"),
    [
        (torch, "_foreach_mul_", lambda: compat.multiply_each([torch.ones(1)], 2.0)),
        (torch.ops, "aten", lambda: compat.softmax_backward(torch.ones(1), torch.ones(1))),
        (torch.ops, "aten", lambda: compat.gelu_backward(torch.ones(1), torch.ones(1))),
    ],
)
def test_a_kernel_that_is_gone_is_named(owner: object, name: str, use, monkeypatch: pytest.MonkeyPatch):
    if owner is torch.ops:
        monkeypatch.setattr(torch.ops, name, SimpleNamespace())
    else:
        monkeypatch.delattr(owner, name)
    with pytest.raises(ConfigError, match=r"torch \d[\w.+]* without it"):
        use()


def test_a_storage_without_an_address_is_named():
    with pytest.raises(ConfigError, match="_cdata"):
        compat.storage_address(SimpleNamespace())  # type: ignore[arg-type]


def test_modules_that_are_gone_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "torch._subclasses.fake_tensor", None)
    with pytest.raises(ConfigError, match="for the memory estimate"):
        importlib.reload(compat)
    monkeypatch.undo()
    importlib.reload(compat)
