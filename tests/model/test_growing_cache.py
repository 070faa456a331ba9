"""A token is written where it lies, copies are rare, and every row sees its window without the padding."""

import pytest
import torch
from transformers import DynamicCache, Gemma3TextConfig

from mathpal_lightning.model import growing_cache
from mathpal_lightning.model.decode import Writing, write_growing
from mathpal_lightning.model.generate import likeliest
from mathpal_lightning.model.growing_cache import GrowingCache
from tests.tiny import FAMILIES, Family, tiny_gemma

WINDOW = 4
PROMPTS = [[2, *range(20, 40)], [2, 70, 71]]


def taken(lengths: list[int]) -> GrowingCache:
    """A sliding and a full layer with left-padded prompts whose keys are the numbers of their columns."""
    config = Gemma3TextConfig(num_hidden_layers=2, layer_types=["sliding_attention", "full_attention"], sliding_window=WINDOW)
    read, longest = DynamicCache(config=config), max(lengths)
    columns = torch.arange(longest) - (longest - torch.tensor(lengths))[:, None]  # below 0: padding
    keys = columns[:, None, :, None].float()
    for layer in range(2):
        read.update(keys, -keys, layer)
    cache = GrowingCache(read, (columns >= 0).long())
    assert all(layer.keys is None for layer in read.layers), "not held twice"
    return cache


def write(cache: GrowingCache, columns: list[int]) -> list[int]:
    """Write these columns of the rows, prove what each row sees, and give the address of each layer's keys."""
    masks, addresses = cache.masks(), []
    new = torch.tensor(columns).float()[:, None, None, None]
    for layer, kind, reach in ((0, "sliding_attention", WINDOW), (1, "full_attention", 1000)):
        keys, values = cache.update(new, -new, layer)
        assert torch.equal(values, -keys)
        for row, column in enumerate(columns):
            seen = keys[row, 0, :, 0][masks[kind][row, 0, 0]]
            assert seen.tolist() == list(range(max(0, column - reach + 1), column + 1))
        addresses.append(keys.untyped_storage().data_ptr())
    return addresses


def test_a_row_sees_its_window_whoever_leaves_or_is_doubled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(growing_cache, "ROOM", 3)
    cache = taken([6, 3, 1])
    for more in range(8):
        write(cache, [6 + more, 3 + more, 1 + more])
    cache.select(torch.tensor([2, 0, 2]))
    for more in range(8, 13):
        write(cache, [1 + more, 6 + more, 1 + more])


def test_keys_are_copied_once_in_so_many_tokens():
    cache = taken([6, 3])
    addresses = [write(cache, [6 + more, 3 + more]) for more in range(2 * growing_cache.ROOM)]
    changes = [more for more in range(1, len(addresses)) if addresses[more] != addresses[more - 1]]
    assert changes == [growing_cache.ROOM]


@pytest.mark.parametrize("family", FAMILIES)
def test_little_room_changes_no_token(family: Family, monkeypatch: pytest.MonkeyPatch):
    model = tiny_gemma(family)
    writing = Writing(
        model.get_decoder(), model.get_output_embeddings().weight, PROMPTS, 0, likeliest, torch.tensor([-1]), most=24
    )
    with torch.no_grad():
        plenty = dict(write_growing(writing, rows=2))
        monkeypatch.setattr(growing_cache, "ROOM", 5)
        assert dict(write_growing(writing, rows=2)) == plenty
        for number, prompt in enumerate(PROMPTS):  # the last token, without a cache
            ids = torch.tensor([prompt + plenty[number][:-1]])
            alone = model.get_decoder()(input_ids=ids, use_cache=False).last_hidden_state[0, -1]
            assert int(writing.logits(alone).argmax()) == plenty[number][-1]


def test_heads_that_share_keys_attend_without_a_copy_for_each(monkeypatch: pytest.MonkeyPatch):
    model, shapes, attend = tiny_gemma("gemma3"), set(), torch.nn.functional.scaled_dot_product_attention

    def watched(query: torch.Tensor, key: torch.Tensor, *others: object, **options: object) -> torch.Tensor:
        shapes.add((query.shape[1:3], key.shape[1]))
        return attend(query, key, *others, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", watched)
    writing = Writing(
        model.get_decoder(), model.get_output_embeddings().weight, [[2]], 0, likeliest, torch.tensor([-1]), most=3
    )
    with torch.no_grad():
        list(write_growing(writing, rows=1))
    heads, shared = model.config.num_attention_heads, model.config.num_key_value_heads
    assert heads > shared
    assert ((shared, heads // shared), shared) in shapes
    assert model.config._attn_implementation == "sdpa"
