"""A prompt that stands once serves both completions as if each stood alone behind it, on every Gemma."""

import pytest
import torch

from mathpal_lightning.data.collate import collate_pairs
from mathpal_lightning.losses import pair_log_probs
from mathpal_lightning.losses.pairs import predictors
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.lean import Spans, make_lean
from mathpal_lightning.model.shared_prompt import attention_masks, can_share_prompts, unfolded
from mathpal_lightning.schema import IGNORE_INDEX, EncodedPair, PreferenceBatch
from tests.tiny import FAMILIES, SLIDING_WINDOW, VOCAB_SIZE, tiny_gemma

SHAPES = [[(6, 3, 5), (21, 12, 2)], [(3, 9, 9)]]
"""Rows of pairs: tokens of prompt, chosen and rejected."""
EVERY_MODEL = pytest.mark.parametrize("family", FAMILIES)
EVERY_ATTENTION = pytest.mark.parametrize("attention", ["sdpa", "eager"])
X = IGNORE_INDEX


def random_pair(shape, generator):
    prompt, chosen, rejected = shape
    ids = torch.randint(9, VOCAB_SIZE, (sum(shape),), generator=generator).tolist()
    return EncodedPair(ids, [X] * prompt + ids[prompt:], [0] * prompt + [1] * chosen + [2] * rejected)


def pairs_and_batch(shapes=SHAPES):
    generator = torch.Generator().manual_seed(0)
    packs = [[random_pair(shape, generator) for shape in row] for row in shapes]
    return [pair for pack in packs for pair in pack], collate_pairs(packs, pad_token_id=0, width=52)


def load(family, attention="sdpa"):
    model = tiny_gemma(family)
    model.set_attn_implementation(attention)
    return model


def sums(model, batch, masks=None):
    """Chosen and rejected log-probabilities [P, 2]."""
    states = text_decoder(model)(
        input_ids=batch.input_ids, position_ids=batch.position_ids, attention_mask=masks, use_cache=False
    ).last_hidden_state
    softcap = getattr(model.config, "final_logit_softcapping", None)
    return torch.stack(pair_log_probs(states, model.get_output_embeddings().weight, batch, softcap=softcap)[:2], 1)


def shared(model, batch):
    return sums(model, batch, attention_masks(batch, model))


def alone(model, pair):
    """The reference: each completion in a sequence of its own, scored with the model's own logits."""
    ids, segments = torch.tensor(pair.input_ids), torch.tensor(pair.segment_ids)
    values = []
    for side in (1, 2):
        sequence = ids[(segments == 0) | (segments == side)]
        log_probs = model(input_ids=sequence[None], use_cache=False).logits[0].log_softmax(-1)
        prompt = int((segments == 0).sum())
        values.append(log_probs[torch.arange(prompt - 1, len(sequence) - 1), sequence[prompt:]].sum())
    return torch.stack(values)


def test_lean_attention_looks_at_each_pair_alone():
    model = load("gemma3")
    pairs, batch = pairs_and_batch()
    expected = torch.stack([alone(model, pair) for pair in pairs])
    make_lean(model)
    masks = attention_masks(batch, model)
    assert all(isinstance(mask, Spans) and len(mask.places) == len(pairs) for mask in masks.values())
    torch.testing.assert_close(sums(model, batch, masks), expected, rtol=1e-5, atol=1e-4)
    (gradient,) = torch.autograd.grad(sums(model, batch, masks).sum(), model.get_input_embeddings().weight)
    (of_alone,) = torch.autograd.grad(expected.sum(), model.get_input_embeddings().weight)
    assert (gradient - of_alone).norm() < 1e-4 * of_alone.norm()


@EVERY_MODEL
@EVERY_ATTENTION
def test_shared_equals_alone(family, attention):
    model = load(family, attention)
    pairs, batch = pairs_and_batch()
    assert max(shape[0] for row in SHAPES for shape in row) > SLIDING_WINDOW
    expected = torch.stack([alone(model, pair) for pair in pairs])
    torch.testing.assert_close(shared(model, batch), expected, rtol=1e-5, atol=1e-4)
    torch.testing.assert_close(sums(model, unfolded(batch)), expected, rtol=1e-5, atol=1e-4)


@torch.no_grad()
@EVERY_MODEL
@pytest.mark.parametrize("lost", ["pairs", "sides", "window", "positions"])
def test_each_part_of_the_mask_is_needed(family, lost):
    model = load(family)
    pairs, batch = pairs_and_batch()
    expected = torch.stack([alone(model, pair) for pair in pairs])
    seen = batch
    if lost == "pairs":
        seen = batch._replace(pair_ids=torch.zeros_like(batch.pair_ids))
    if lost == "sides":
        seen = batch._replace(segment_ids=batch.segment_ids.clamp(max=1))
    masks = attention_masks(seen, model)
    if lost == "window":
        masks["sliding_attention"] = masks["full_attention"]
    moved = batch._replace(position_ids=batch.position_ids + 3 * (batch.segment_ids == 2)) if lost == "positions" else batch
    distance = (sums(model, moved, masks) - expected).abs()
    assert distance.max() > 0.05


@EVERY_MODEL
def test_gradients_of_shared_and_separate_are_the_same(family):
    _, batch = pairs_and_batch()
    gradients = []
    for score in (shared, lambda model, batch: sums(model, unfolded(batch))):
        model = load(family).double()
        (score(model, batch) * torch.tensor([[1.0, -0.5]])).sum().backward()
        gradients.append({name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None})
    assert sum(gradient.abs().max() > 1e-3 for gradient in gradients[0].values()) > 20
    for name, gradient in gradients[0].items():  # the norms of a Gemma compute in float32 whatever its weights are
        assert (gradient - gradients[1][name]).norm() <= 2e-6 * gradient.norm(), name


def test_predictors_of_the_docstring():
    segments = torch.tensor([[0, 0, 0, 1, 1, 2, 2, 2, 0, 0, 1, 2]])
    assert predictors(segments)[0][segments[0] > 0].tolist() == [2, 3, 2, 5, 6, 9, 9]


def test_unfolding_repeats_the_prompt_and_nothing_else():
    _, batch = pairs_and_batch([[(2, 1, 2), (1, 1, 1)], [(1, 2, 1)]])
    flat = unfolded(batch)
    assert flat.segment_ids.tolist() == [[0, 0, 1, 0, 0, 2, 2, 0, 1, 0, 2], [0, 1, 1, 0, 2, 0, 0, 0, 0, 0, 0]]
    assert flat.position_ids.tolist() == [[0, 1, 2, 0, 1, 2, 3, 0, 1, 0, 1], [0, 1, 2, 0, 1, 0, 0, 0, 0, 0, 0]]
    assert flat.pair_ids[1].tolist() == [2, 2, 2, 2, 2, -1, -1, -1, -1, -1, -1]
    assert flat.input_ids[0, :3].tolist() == flat.input_ids[0, 3:5].tolist() + batch.input_ids[0, 2:3].tolist()
    assert ((flat.labels == X) == (flat.segment_ids == 0)).all()


def test_who_sees_whom_in_the_docstring():
    segments = torch.tensor([[0, 0, 1, 1, 2, 2, 0, 1, 2]])
    positions = torch.tensor([[0, 1, 2, 3, 2, 3, 0, 1, 1]])
    pairs = torch.tensor([[0, 0, 0, 0, 0, 0, 1, 1, 1]])
    batch = PreferenceBatch(segments, segments, positions, segments, pairs)
    model = tiny_gemma("gemma3")
    drawing = ["x", "xx", "xxx", "xxxx", "xx..x", "xx..xx", "......x", "......xx", "......x.x"]
    expected = torch.tensor([[mark == "x" for mark in row.ljust(9, ".")] for row in drawing])
    assert torch.equal(attention_masks(batch, model)["full_attention"][0, 0], expected)
    model.config.sliding_window = 2
    assert attention_masks(batch, model)["sliding_attention"][0, 0].sum(1).tolist() == [
        1,
        2,
        2,
        2,
        2,
        2,
        1,
        2,
        2,
    ]


def test_only_unsloths_gpu_kernels_want_separate_prompts():
    assert [can_share_prompts(backend, device) for backend in ("transformers", "unsloth") for device in ("cpu", "cuda")] == [
        True,
        True,
        True,
        False,
    ]
