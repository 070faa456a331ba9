"""Which slot holds which column, and who sees it: by the table in the file, and against plain windows."""

import torch
from transformers import DynamicCache, Gemma3TextConfig

from mathpal_lightning.model.fixed_cache import FixedCache


def filled(length: int, padding: list[int], window: int, width: int) -> FixedCache:
    """A sliding and a full layer whose keys are the numbers of their columns."""
    config = Gemma3TextConfig(num_hidden_layers=2, layer_types=["sliding_attention", "full_attention"], sliding_window=window)
    cache, columns = DynamicCache(config=config), torch.arange(length, dtype=torch.float32)
    keys = columns[None, None, :, None].expand(len(padding), 1, length, 1)
    for layer in range(2):
        cache.update(keys, -keys, layer)
    mask = (torch.arange(length) >= torch.tensor(padding)[:, None]).long()
    fixed = FixedCache(cache, mask, width)
    assert all(layer.keys is None for layer in cache.layers), "not held twice"
    return fixed


def test_the_slots_of_the_table():
    cache = filled(6, [0], window=4, width=8)
    cache.masks()
    keys, values = cache.update(torch.tensor([[[[6.0]]]]), torch.tensor([[[[-6.0]]]]), 0)
    assert keys[0, 0, :, 0].tolist() == [4, 5, 6, 3]
    assert torch.equal(values, -keys)


def test_a_row_sees_its_window_and_nothing_before_its_first_token():
    padding, window, width, length = [0, 3, 5], 4, 16, 6
    cache = filled(length, padding, window, width)
    for column in range(length, width):
        masks = cache.masks()
        new = torch.full((3, 1, 1, 1), float(column))
        for layer, kind, reach in ((0, "sliding_attention", window), (1, "full_attention", width)):
            keys, _ = cache.update(new, -new, layer)
            for row, first in enumerate(padding):
                seen = keys[row, 0, :, 0][masks[kind][row, 0, 0] == 0]
                assert sorted(seen.tolist()) == list(range(max(first, column - reach + 1), column + 1))
        cache.column += 1
