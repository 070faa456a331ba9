"""4-bit layers keep their packing, and a renamed flag is an error instead of wrong gradients."""

import sys

import pytest
import torch

from mathpal_lightning.compat import bitsandbytes as compat
from mathpal_lightning.errors import ConfigError

bitsandbytes = pytest.importorskip("bitsandbytes")


def layer() -> torch.nn.Module:
    """A 4-bit layer of 64 x 64 whose processor has AVX512-BF16, whatever this one has."""
    linear = bitsandbytes.nn.Linear4bit(64, 64, bias=False, compute_dtype=torch.float32, quant_type="nf4")
    linear.load_state_dict({"weight": torch.randn(64, 64, generator=torch.Generator().manual_seed(0))})
    linear = linear.to("cpu")
    linear.support_avx512bf16_for_cpu = True
    return linear


def test_the_flag_is_switched_off_in_every_4_bit_layer():
    model = torch.nn.Sequential(layer(), torch.nn.Linear(64, 64), layer())
    compat.keep_packing(model.modules())
    assert [module.support_avx512bf16_for_cpu for module in (model[0], model[2])] == [False, False]


def test_gradients_are_right_after_an_evaluation(monkeypatch: pytest.MonkeyPatch):
    linear = layer()
    compat.keep_packing([linear])

    def refuse(*_: object) -> None:
        raise AssertionError("the weight was repacked")

    monkeypatch.setattr(bitsandbytes.nn.modules, "_convert_weight_packed_for_cpu", refuse)
    linear.eval()
    x = torch.randn(4, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        linear(x)
    x.requires_grad_(True)
    (gradient,) = torch.autograd.grad(linear(x).sum(), x)
    expected = compat.dequantize(linear.weight).sum(0).expand(4, 64)
    torch.testing.assert_close(gradient, expected, atol=1e-3, rtol=1e-3)


def test_a_stored_copy_gives_the_same_numbers():
    linear, x = layer(), torch.randn(4, 64, generator=torch.Generator().manual_seed(1))
    expected = x @ compat.dequantize(linear.weight).T
    compat.compute_dequantized(linear)
    torch.testing.assert_close(linear(x), expected)


def test_a_renamed_flag_is_an_error():
    linear = layer()
    del linear.support_avx512bf16_for_cpu
    with pytest.raises(ConfigError, match=r"Linear4bit.support_avx512bf16_for_cpu`, for right gradients .* bitsandbytes \d"):
        compat.keep_packing([linear])


def test_other_layers_and_sharded_weights_have_no_quantization():
    assert not compat.is_4bit(torch.nn.Linear(2, 2))
    assert compat.quant_state(torch.nn.Linear(2, 2)) is None
    assert compat.quant_state(layer()) is not None
    with pytest.raises(ConfigError, match="quant_state"):
        compat.dequantize(torch.ones(2, 2))


def test_nothing_is_4_bit_before_bitsandbytes_is_imported(monkeypatch: pytest.MonkeyPatch):
    linear = layer()
    assert compat.is_4bit(linear)
    monkeypatch.delitem(sys.modules, "bitsandbytes.nn")
    assert not compat.is_4bit(linear)


def test_a_renamed_class_is_an_error(monkeypatch: pytest.MonkeyPatch):
    linear = layer()
    monkeypatch.delattr(bitsandbytes.nn, "Linear4bit")
    with pytest.raises(ConfigError, match="Linear4bit"):
        compat.is_4bit(linear)
