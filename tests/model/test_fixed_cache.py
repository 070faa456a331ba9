"""Which slot holds which column, and who sees it: by the table in the file, and against plain windows."""

import torch
from transformers import DynamicCache, Gemma3TextConfig

from mathpal_lightning.model.fixed_cache import FixedCache


def take(cache: FixedCache, lengths: list[int], window: int, rows: list[int], sign: float = 1.0) -> None:
    """Fill rows of a sliding and a full layer with prompts whose keys are `sign` times the numbers of their columns."""
    config = Gemma3TextConfig(num_hidden_layers=2, layer_types=["sliding_attention", "full_attention"], sliding_window=window)
    read, longest = DynamicCache(config=config), max(lengths)
    columns = torch.arange(longest) - (longest - torch.tensor(lengths))[:, None]  # below 0: padding
    keys = sign * columns[:, None, :, None].float()
    for layer in range(2):
        read.update(keys, -keys, layer)
    cache.take(read, torch.tensor(lengths), torch.arange(len(lengths)), torch.tensor(rows))
    assert all(layer.keys is None for layer in read.layers), "not held twice"


def test_the_slots_of_the_table():
    cache = FixedCache(1, 8, torch.device("cpu"))
    take(cache, [6], window=4, rows=[0])
    cache.masks()
    keys, values = cache.update(torch.tensor([[[[6.0]]]]), torch.tensor([[[[-6.0]]]]), 0)
    assert keys[0, 0, :, 0].tolist() == [4, 5, 6, 3]
    assert torch.equal(values, -keys)


def write(cache: FixedCache, window: int, width: int, signs: list[float]) -> None:
    """Write a column of each row, and prove what each row sees."""
    masks, columns = cache.masks(), cache.column.tolist()
    new = torch.tensor([sign * column for sign, column in zip(signs, columns, strict=True)])[:, None, None, None]
    for layer, kind, reach in ((0, "sliding_attention", window), (1, "full_attention", width)):
        keys, _ = cache.update(new, -new, layer)
        for row, (sign, column) in enumerate(zip(signs, columns, strict=True)):
            seen = sign * keys[row, 0, :, 0][masks[kind][row, 0, 0] == 0]
            assert sorted(seen.tolist()) == list(range(max(0, column - reach + 1), column + 1))
    cache.column += 1


def test_a_row_sees_its_window_and_nothing_of_padding_or_of_the_row_before():
    window, width = 4, 16
    cache = FixedCache(3, width, torch.device("cpu"))
    take(cache, [6, 3, 1], window, rows=[0, 1, 2])
    for _ in range(5):
        write(cache, window, width, [1, 1, 1])
    take(cache, [2, 5], window, rows=[2, 0], sign=-1)
    assert cache.column.tolist() == [5, 8, 2]
    for _ in range(8):
        write(cache, window, width, [-1, 1, -1])
