"""The loop for GPUs writes what the loop for CPUs writes, for every family; what is recorded on a card is run here as it is."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.model import decode
from mathpal_lightning.model.decode import Writing, write_growing
from mathpal_lightning.model.decode_fixed import ASK_EVERY, can_write_fixed, write_fixed
from mathpal_lightning.model.draw import draw_groups
from mathpal_lightning.model.generate import generate, likeliest
from mathpal_lightning.model.half import compute_in_half
from mathpal_lightning.model.policy import Policy
from mathpal_lightning.model.sample import Sampling, sample_part, sample_solutions
from tests.tiny import FAMILIES, SLIDING_WINDOW, Family, tiny_gemma

MOST = 24
QUESTIONS = ["2 + 3 = ?", "Lan có 24 quả cam, mẹ cho thêm 18 quả cam. Hỏi Lan có bao nhiêu quả?", "Tìm x biết 2x = 8."]
PROMPTS = [[2, *range(20, 50)], [2, 70, 71], [2, *range(90, 100)], [2]]
"""Longer and shorter than the window, and two that are nearly all padding."""


@pytest.fixture
def for_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mathpal_lightning.model.generate.write_growing", write_fixed)


def written(model: Any, way: Any, stops: list[int], most: int, rows: int = 4, copies: int = 1) -> list[list[int]]:
    head = model.get_output_embeddings().weight
    writing = Writing(model.get_decoder(), head, PROMPTS, 0, likeliest, torch.tensor(stops), most, copies)
    with torch.no_grad():
        found = dict(way(writing, rows))
    assert sorted(found) == list(range(len(PROMPTS) * copies))
    return [found[sample] for sample in sorted(found)]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_tokens_are_those_of_growing_keys(family: Family):
    model = tiny_gemma(family)
    whole = written(model, write_growing, [-1], MOST)
    assert [len(ids) for ids in whole] == [MOST] * 4, "long enough for every window to slide"
    assert written(model, write_fixed, [-1], MOST) == whole
    stops = [whole[0][5], whole[2][15]]
    cut = written(model, write_growing, stops, MOST, copies=2, rows=8)
    assert len({len(ids) for ids in cut}) > 1
    assert cut[::2] == cut[1::2]
    for rows in (8, 3):  # all at a time, and rows that are taken over by samples that wait
        assert written(model, write_fixed, stops, MOST, copies=2, rows=rows) == cut


def test_a_window_wider_than_all_columns_and_a_single_token():
    model = tiny_gemma("gemma3", sliding_window=512)
    for most in (1, 2, 9):
        assert written(model, write_fixed, [-1], most) == written(model, write_growing, [-1], most)


def test_all_rows_are_asked_about_rarely_and_nothing_is_written_in_vain_for_long(monkeypatch: pytest.MonkeyPatch):
    model, passes = tiny_gemma("gemma3"), []
    whole = written(model, write_fixed, [-1], 3)
    model.get_decoder().register_forward_hook(lambda *_: passes.append(1))
    ended = written(model, write_fixed, [ids[2] for ids in whole], 400)
    assert all(1 <= len(ids) <= 3 for ids in ended)
    assert len(passes) == 1 + ASK_EVERY, "the prompts, and the tokens until all rows are asked about"


def test_a_row_is_taken_over_while_the_others_go_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mathpal_lightning.model.decode_fixed.ASK_EVERY", 2)
    model, read = tiny_gemma("gemma3"), []
    whole = written(model, write_growing, [-1], MOST)
    stops = [whole[1][2]]
    assert max(len(ids) for ids in written(model, write_growing, stops, MOST)) == MOST
    model.get_decoder().register_forward_hook(lambda _, given, out: read.append(out.last_hidden_state.shape[:2]))
    assert written(model, write_fixed, stops, MOST, rows=2) == written(model, write_growing, stops, MOST)
    prompts = [tuple(shape) for shape in read if shape[1] > 1]
    assert prompts[0] == (2, 31)
    assert prompts[1] == (1, 11), "the third prompt is read when the second one has ended, beside the first"


@pytest.mark.usefixtures("for_gpus")
@pytest.mark.parametrize("family", FAMILIES)
def test_greedy_sampled_and_drawn_solutions_are_the_same(
    family: Family, gemma_folder: Callable[[Family], Path], monkeypatch: pytest.MonkeyPatch
):
    model, tokenizer = tiny_gemma(family), load_tokenizer(gemma_folder(family))
    monkeypatch.setattr("mathpal_lightning.model.generate.stop_token_ids", lambda tokenizer: list(range(100, 160)))
    policy, sampling = Policy(group_size=3), Sampling(samples=3, temperature=1.0, max_new_tokens=12)

    def solutions() -> tuple[Any, Any, list[Any]]:
        groups = draw_groups(model, tokenizer, QUESTIONS, policy, max_new_tokens=12, seed=0, batch_size=9)
        with torch.no_grad():
            sampled = sample_part(model, tokenizer, QUESTIONS, sampling, rows=5)
        assert sampled == list(sample_solutions(model, tokenizer, QUESTIONS, sampling, 9)), "whatever is written beside it"
        return generate(model, tokenizer, QUESTIONS, 12, 3), sampled, [one for group in groups for one in group.solutions]

    fixed = solutions()
    monkeypatch.setattr("mathpal_lightning.model.generate.write_growing", write_growing)
    growing = solutions()
    assert fixed[:2] == growing[:2]
    assert [one.ids for one in fixed[2]] == [one.ids for one in growing[2]]
    assert len({len(one.ids) for one in fixed[2]}) > 1, "some ended and some were cut"
    for one, other in zip(fixed[2], growing[2], strict=True):
        assert len(one.log_probs) == len(one.ids)
        assert one.log_probs == pytest.approx(other.log_probs, abs=1e-4)


def test_more_padding_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    model, padded = tiny_gemma("gemma3"), decode.left_padded
    tokens = written(model, write_fixed, [-1], 12)
    monkeypatch.setattr(decode, "left_padded", lambda prompts, pad, longest, device: padded(prompts, pad, longest + 9, device))
    assert written(model, write_fixed, [-1], 12) == tokens
    assert written(model, write_growing, [-1], 12) == tokens


def test_float16_products_keep_float16_keys():
    model = tiny_gemma("gemma3").half()
    compute_in_half(model)
    assert written(model, write_fixed, [-1], 12) == written(model, write_growing, [-1], 12)


def test_the_decoder_is_left_as_it_was():
    model = tiny_gemma("gemma3")
    broken = partial(written, model, write_fixed, [-1], 3)
    broken()
    assert model.config._attn_implementation == "sdpa"

    def fail(layer: torch.nn.Module, arguments: Any, output: torch.Tensor) -> None:
        if output.shape[1] == 1:
            raise ZeroDivisionError

    model.get_decoder().layers[3].register_forward_hook(fail)
    with pytest.raises(ZeroDivisionError):
        broken()
    assert model.config._attn_implementation == "sdpa"
    assert not [module for module in model.modules() if "forward" in vars(module)]


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_a_softcap_of_scores_is_applied_where_the_decoder_applies_it(attention: str):
    gemma2 = tiny_gemma("gemma2", attn_logit_softcapping=1.0)
    gemma2.set_attn_implementation(attention)
    tokens = written(gemma2, write_growing, [-1], 12)
    assert written(gemma2, write_fixed, [-1], 12) == tokens
    gemma2.set_attn_implementation("eager" if attention == "sdpa" else "sdpa")
    assert written(gemma2, write_fixed, [-1], 12) != tokens


def test_flex_attention_of_training_is_not_compiled_to_write():
    gemma3 = tiny_gemma("gemma3")
    tokens = written(gemma3, write_growing, [-1], 4)
    gemma3.config._attn_implementation = "flex_attention"
    assert written(gemma3, write_fixed, [-1], 4) == tokens
    assert gemma3.config._attn_implementation == "flex_attention"


def test_layers_of_other_kinds_are_left_to_the_other_loop():
    gemma3 = tiny_gemma("gemma3").get_decoder()
    assert can_write_fixed(gemma3)
    gemma3.config.layer_types = ["chunked_attention"] * 6
    assert not can_write_fixed(gemma3)


def test_the_window_of_these_tests_slides():
    assert min(len(PROMPTS[0]), MOST) > 2 * SLIDING_WINDOW
