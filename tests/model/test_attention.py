"""Which attention a card gets, and that loading follows the rule."""

import pytest
import torch

from mathpal_lightning.model.attention import attention_of, tiles_of

CPU, CUDA = torch.device("cpu"), torch.device("cuda:0")
T4, A100, RTX_4090, H100 = (7, 5), (8, 0), (8, 9), (9, 0)


@pytest.mark.parametrize(
    ("backend", "family", "card", "expected"),
    [
        ("transformers", "gemma3", None, "sdpa"),
        ("transformers", "gemma3", T4, "sdpa"),
        ("unsloth", "gemma3", None, "sdpa"),
        ("unsloth", "gemma3", T4, "eager"),
        ("unsloth", "gemma3", A100, "flex_attention"),
        ("unsloth", "gemma3n", H100, "eager"),
        ("unsloth", "gemma4", H100, "sdpa"),
        ("unsloth", "gemma2", RTX_4090, "sdpa"),
    ],
)
def test_the_table(backend: str, family: str, card: tuple[int, int] | None, expected: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: card)
    assert attention_of(backend, family, CUDA if card else CPU) == expected


def test_cards_with_little_shared_memory_get_small_tiles():
    assert tiles_of(228 * 1024) is tiles_of(164 * 1024) is None
    small = tiles_of(100 * 1024)
    assert small is not None
    assert all(size == 32 for name, size in small.items() if "BLOCK" in name)
