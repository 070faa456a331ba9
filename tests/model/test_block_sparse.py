"""Attention by blocks gives what attention with a matrix of all pairs gives, on every Gemma.

FlexAttention has no backward pass on a CPU. The tests compute its formula from the same blocks, and once run torch's own.
"""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask

from mathpal_lightning.compat.transformers import attention_implementation
from mathpal_lightning.model import block_sparse, load
from mathpal_lightning.model.block_sparse import in_blocks, masks_in_blocks, takes_blocks, use_blocks
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.load import checkpoint_activations, load_base
from mathpal_lightning.model.scoring import hidden_states, score_groups, score_pairs, score_solutions
from mathpal_lightning.schema import PackedBatch
from tests.model import test_groups, test_shared_prompt
from tests.model.test_key_spans import packed_positions
from tests.model.test_lean import lora_gemma
from tests.tiny import FAMILIES, SLIDING_WINDOW, VOCAB_SIZE, Family, tiny_gemma

EVERY_FAMILY = pytest.mark.parametrize("family", FAMILIES)


def by_pairs(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    score_mod: Callable[..., Tensor] | None,
    block_mask: BlockMask,
    scale: float,
    enable_gqa: bool,
    kernel_options: dict[str, int] | None,
) -> Tensor:
    """What `flex_attention` is defined to compute: blocks that are not listed are left out, others masked, some taken whole."""
    assert enable_gqa == (query.shape[1] != key.shape[1])
    key, value = (each.repeat_interleave(query.shape[1] // each.shape[1], 1) for each in (key, value))
    row, head, place = (
        torch.arange(len(query))[:, None, None, None],
        torch.arange(query.shape[1])[:, None, None],
        torch.arange(query.shape[2]),
    )
    scores = query @ key.transpose(2, 3) * scale
    if score_mod is not None:
        scores = score_mod(scores, row, head, place[:, None], place)
    whole = BlockMask.from_kv_blocks(block_mask.full_kv_num_blocks, block_mask.full_kv_indices)
    partly, whole = (
        each.to_dense().bool().repeat_interleave(128, 2).repeat_interleave(128, 3)
        for each in (BlockMask.from_kv_blocks(block_mask.kv_num_blocks, block_mask.kv_indices), whole)
    )
    seen = whole | (partly & block_mask.mask_mod(row, head, place[:, None], place))
    return scores.masked_fill(~seen, -torch.inf).softmax(-1) @ value


@pytest.fixture
def flex(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The shapes of the queries that attention by blocks was asked for."""
    asked: list[tuple[int, ...]] = []
    monkeypatch.setattr(
        block_sparse, "flex_attention", lambda *tensors, **named: asked.append(tensors[0].shape) or by_pairs(*tensors, **named)
    )
    return asked


def batch(*rows: tuple[int, ...], width: int) -> PackedBatch:
    positions = packed_positions(*rows, width=width)
    ids = torch.randint(9, VOCAB_SIZE, positions.shape, generator=torch.Generator().manual_seed(0))
    return PackedBatch(ids, ids, positions)


ROWS = batch((20, 150, 70), width=250)


def with_pairs(family: Family, model: Any) -> Any:
    """SDPA; for Gemma 2 eager attention, because SDPA leaves out its cap of the scores."""
    text_decoder(model).set_attn_implementation("eager" if family == "gemma2" else "sdpa")
    return model


def loss_and_gradients(model: Any) -> tuple[Tensor, dict[str, Tensor]]:
    loss, count = score_solutions(model, ROWS, chunk_size=512)
    (loss / count).backward()
    gradients = {name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None}
    model.zero_grad(set_to_none=True)
    return loss.detach() / count, gradients  # type: ignore[return-value]


@EVERY_FAMILY
def test_packed_rows_have_the_loss_and_the_gradients_of_pairs(family: Family, flex: list[tuple[int, ...]]):
    """Documents longer and shorter than a block and than the window of 8, with recomputed activations."""
    model: Any = with_pairs(family, lora_gemma(family, torch.float32, lean=False))
    expected, wanted = loss_and_gradients(model)
    use_blocks(model)
    checkpoint_activations(model)
    found, gradients = loss_and_gradients(model)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=0)
    assert len(wanted) > 20
    for name, gradient in gradients.items():
        assert (gradient - wanted[name]).norm() < 1e-4 * wanted[name].norm(), name
    assert {shape[2] for shape in flex} == {256}
    assert len(flex) == 2 * len(text_decoder(model).layers)


@torch.no_grad()
@EVERY_FAMILY
def test_prompts_that_stand_once(family: Family, flex: list[tuple[int, ...]]):
    model: Any = with_pairs(family, tiny_gemma(family))
    (_, pairs), (_, groups) = test_shared_prompt.pairs_and_batch(), test_groups.groups_and_batch()
    expected = [*score_pairs(model, pairs, 64)[:2], score_groups(model, groups, 64)[0]]
    use_blocks(model)
    found = [*score_pairs(model, pairs, 64)[:2], score_groups(model, groups, 64)[0]]
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-4)
    assert len(flex) == 2 * len(text_decoder(model).layers)


@torch.no_grad()
def test_torchs_own_flex_attention_takes_the_masks():
    """Gemma 2, for its cap of the scores: it is forgotten nowhere, and matters."""
    model = with_pairs("gemma2", tiny_gemma("gemma2", num_hidden_layers=2, layer_types=["sliding_attention", "full_attention"]))
    rows = batch((20, 100), width=128)
    expected = hidden_states(model, rows)
    model.set_attn_implementation("sdpa")
    without_cap = hidden_states(model, rows)
    use_blocks(model, {"fwd_BLOCK_M": 32})
    found = hidden_states(model, rows)
    assert (found - expected).norm() < 1e-4 * expected.norm()
    assert (without_cap - expected).norm() > 1e-3 * expected.norm()


@torch.no_grad()
@pytest.mark.parametrize("blocks", [False, True])
def test_gemma_2_is_loaded_with_the_cap_of_its_scores(blocks: bool, gemma_folder: Callable[[Family], Path]):
    """On a CPU and for solving too."""
    model = load_base(gemma_folder("gemma2"), "transformers", 16, torch.float32, "cpu")
    if blocks:
        use_blocks(model)
    eager: Any = tiny_gemma("gemma2")
    eager.set_attn_implementation("eager")
    ids = torch.randint(9, VOCAB_SIZE, (2, 40), generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(ids)
    mask[0, :7] = 0
    for attended in (None, mask):
        found, expected = (each(ids, attention_mask=attended, use_cache=True).logits for each in (model, eager))
        seen = mask.bool() if attended is not None else torch.ones_like(mask).bool()
        torch.testing.assert_close(found[seen], expected[seen], rtol=1e-4, atol=1e-4)
        assert found.isfinite().all()
    solved = [each.generate(ids, attention_mask=mask, max_new_tokens=5, do_sample=False) for each in (model, eager)]
    assert torch.equal(*solved)
    assert "sdpa" not in model.config.to_json_string()  # no other library would know its name


@pytest.mark.parametrize("has_card", [False, True])
def test_unsloths_loader_for_cpus_gets_the_cap_too(has_card: bool, gemma_folder, monkeypatch: pytest.MonkeyPatch):
    """On a card its own attention stays."""
    loader = SimpleNamespace(from_pretrained=lambda folder, **settings: (tiny_gemma("gemma2"), None))
    monkeypatch.setitem(sys.modules, "unsloth", SimpleNamespace(FastModel=loader))  # type: ignore[misc]  # stands in for a module
    monkeypatch.setattr(load, "also_unquantized", lambda names: nullcontext())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_card)
    model = load.load_base(gemma_folder("gemma2"), "unsloth", 16, torch.float32, "cpu")
    assert attention_implementation(model.config) == ("sdpa" if has_card else "sdpa_with_cap")


def test_heads_wider_than_256_get_the_matrix_of_pairs():
    model = tiny_gemma("gemma4", global_head_dim=512)
    use_blocks(model)
    masks = masks_in_blocks(model, ROWS.position_ids)
    assert isinstance(masks["sliding_attention"], BlockMask)
    assert isinstance(masks["full_attention"], Tensor)
    assert masks["full_attention"].shape == (1, 1, 256, 256)
    assert not in_blocks(tiny_gemma("gemma3", attention_dropout=0.1), "full_attention")


@torch.no_grad()
def test_solving_goes_on_with_sdpa(flex: list[tuple[int, ...]]):
    model = tiny_gemma("gemma3")
    ids = torch.randint(9, VOCAB_SIZE, (2, 3 * SLIDING_WINDOW), generator=torch.Generator().manual_seed(0))
    expected = model.generate(ids, max_new_tokens=4, do_sample=False)
    assert not takes_blocks(model)
    use_blocks(model)
    assert takes_blocks(model)
    assert torch.equal(model.generate(ids, max_new_tokens=4, do_sample=False), expected)
    assert not flex
