"""The ceiling: a known card's datasheet, or products of the model's shapes."""

import pytest
import torch

from mathpal_lightning.estimate.ceiling import card_flops, ceiling, product_rate

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("name", "teraflops"),
    [
        ("NVIDIA H100 80GB HBM3", 989),
        ("NVIDIA H100 PCIe", 756),
        ("NVIDIA H200", 989),
        ("NVIDIA A100-SXM4-80GB", 312),
        ("NVIDIA A10G", 70),
        ("NVIDIA A10", 125),
        ("NVIDIA L4", 121),
        ("NVIDIA L40S", 362),
        ("NVIDIA GeForce RTX 4090", 165),
        ("NVIDIA H200 NVL", 835),
        ("NVIDIA RTX 6000 Ada Generation", 364),
    ],
)
def test_a_known_card_by_its_name(name: str, teraflops: int):
    assert card_flops(name) == teraflops * 1e12


@pytest.mark.parametrize(
    "name",
    [
        "Tesla T4",
        "NVIDIA A1000",
        "NVIDIA L40",
        "NVIDIA GeForce RTX 2080",
        "NVIDIA GeForce RTX 4090 Laptop GPU",
        "NVIDIA GeForce RTX 4090 D",
        "NVIDIA GeForce RTX 3090 Ti",
        "NVIDIA H200 MIG 1g.18gb",
        "NVIDIA A100-SXM4-80GB MIG 1g.10gb",
        "GRID A100-10C",
    ],
)
def test_no_card_is_taken_for_another(name: str):
    assert card_flops(name) is None


def test_a_card_without_bfloat16_is_known_in_float16():
    assert card_flops("Tesla T4", torch.float16) == 65e12
    assert card_flops("NVIDIA H100 80GB HBM3", torch.float16) == card_flops("NVIDIA H100 80GB HBM3") == 989e12


def test_a_rate_is_that_of_the_products_it_is_made_of():
    small, large = (16, 16), (256, 512)
    rates = {shape: product_rate({shape: 1}, 256, torch.float32, CPU) for shape in (small, large)}
    both = product_rate({small: 1, large: 1000}, 256, torch.float32, CPU)
    assert rates[small] < rates[large]
    assert both == pytest.approx(rates[large], rel=0.7)
    state = torch.get_rng_state()
    most, source = ceiling({large: 1}, 256, torch.float32, CPU)
    assert most > 1e8
    assert "measured" in source
    assert torch.equal(torch.get_rng_state(), state)
