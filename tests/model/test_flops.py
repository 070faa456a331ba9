"""The arithmetic that a step needs is what torch's own counter sees, but for what need not have been done."""

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from mathpal_lightning.estimate.rates import batch_counts
from mathpal_lightning.model.flops import EVERYTHING, ModelFlops, Work, model_flops
from mathpal_lightning.model.load import LORA_TARGETS, Lora, add_lora, checkpoint_activations
from mathpal_lightning.model.scoring import score_pairs, score_solutions
from mathpal_lightning.model.shared_prompt import attention_masks
from mathpal_lightning.schema import IGNORE_INDEX, PackedBatch, PreferenceBatch
from tests.tiny import FAMILIES, SLIDING_WINDOW, VOCAB_SIZE, Family, tiny_gemma

LENGTH = 24
SUPERVISED = 2 * (LENGTH // 2)


def one_document_a_row() -> PackedBatch:
    ids = torch.arange(5, 5 + LENGTH).repeat(2, 1)
    labels = ids.clone()
    labels[:, : LENGTH // 2] = IGNORE_INDEX
    return PackedBatch(ids, labels, torch.arange(LENGTH).repeat(2, 1))


def adapted(family: Family, targets: tuple[str, ...] = LORA_TARGETS, attention: str = "sdpa") -> Any:
    model = tiny_gemma(family)
    model.set_attn_implementation(attention)
    return add_lora(model, "transformers", Lora(4, 8.0, 0.0, targets, False, False)).train()


def counted(model: Any, step: Any) -> tuple[int, int]:
    """Floating-point operations of plain matrix products, and of batched ones: attention, RoPE, Gemma 3n's AltUp."""
    with FlopCounterMode(display=False) as counter:
        step(model)
    found = {str(operation): number for operation, number in counter.get_flop_counts()["Global"].items()}
    batched = sum(number for operation, number in found.items() if "bmm" in operation)
    return sum(found.values()) - batched, batched


def train(model: Any) -> None:
    score_solutions(model, one_document_a_row(), chunk_size=256)[0].backward()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("targets", [LORA_TARGETS, ("q_proj", "v_proj"), ("down_proj",)], ids=["all", "qv", "down"])
def test_a_lora_step_is_what_torch_counts(family: Family, targets: tuple[str, ...]):
    flops = model_flops(adapted(family, targets))
    linear, rest = counted(adapted(family, targets), train)  # torch's counter does not see a CPU's SDPA
    needed = flops.needed(2 * LENGTH, SUPERVISED, [0] * len(flops.pair))
    assert needed == pytest.approx(linear, rel=1e-3)
    _, with_attention = counted(adapted(family, targets, "eager"), train)  # whole matrices, whoever sees whom
    everyone = [2 * LENGTH**2 if window == EVERYTHING else 0 for window in flops.sliding_windows]
    sliding = [2 * LENGTH**2 if window == SLIDING_WINDOW else 0 for window in flops.sliding_windows]
    assert flops.needed(0, 0, everyone) + flops.needed(0, 0, sliding) == with_attention - rest
    assert min(flops.needed(0, 0, everyone), flops.needed(0, 0, sliding)) > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_a_full_step_is_what_torch_counts_but_for_logits_formed_twice(family: Family):
    model = tiny_gemma(family).requires_grad_(True).train()
    flops = model_flops(model)
    linear, _ = counted(model, train)
    twice = 2 * VOCAB_SIZE * model.config.hidden_size * SUPERVISED
    assert flops.needed(2 * LENGTH, SUPERVISED, [0] * len(flops.pair)) == linear - twice


def test_recomputed_activations_are_not_needed():
    plain, checkpointed = adapted("gemma3"), adapted("gemma3")
    checkpoint_activations(checkpointed)
    assert counted(checkpointed, train)[0] > 1.2 * counted(plain, train)[0]
    assert model_flops(checkpointed) == model_flops(plain)


def two_pairs() -> PreferenceBatch:
    """The row of `model/shared_prompt.py` with longer prompts: 20 + 3 + 4 and 6 + 2 + 1 tokens, then padding."""
    positions, segments, pairs = [], [], []
    for number, (prompt, chosen, rejected) in enumerate([(20, 3, 4), (6, 2, 1)]):
        for segment, (start, size) in enumerate([(0, prompt), (prompt, chosen), (prompt, rejected)]):
            positions += range(start, start + size)
            segments += [segment] * size
            pairs += [number] * size
    padding = 40 - len(positions)
    ids = torch.tensor([*range(5, 5 + len(positions)), *[0] * padding])[None]
    segments_, pairs_ = torch.tensor([segments + [0] * padding]), torch.tensor([pairs + [-1] * padding])
    labels = ids.masked_fill(segments_ == 0, IGNORE_INDEX)
    return PreferenceBatch(ids, labels, torch.tensor([positions + [0] * padding]), segments_, pairs_)


def test_pairs_of_tokens_are_what_the_mask_shows():
    batch, model = two_pairs(), adapted("gemma3")
    masks = attention_masks(batch, model)
    real = (batch.pair_ids >= 0)[:, None, :, None]
    counts = batch_counts(batch, (SLIDING_WINDOW, EVERYTHING)).tolist()
    assert counts == [
        40,
        36,
        10,
        int((masks["sliding_attention"] & real).sum()),
        int((masks["full_attention"] & real).sum()),
    ]


def test_documents_do_not_pay_for_each_other():
    packed = PackedBatch(*(torch.tensor([row]) for row in ([5] * 12, [5] * 12, [*range(7), *range(3), 0, 0])))
    assert batch_counts(packed, (4, EVERYTHING)).tolist() == [12, 10, 12, 1 + 2 + 3 + 4 * 4 + 1 + 2 + 3, 7 * 8 // 2 + 6]


def test_a_reference_is_one_forward_pass_more():
    batch = two_pairs()

    def dpo(model: Any) -> None:
        with torch.no_grad():
            score_pairs(model, batch, chunk_size=256)
        pairs = score_pairs(model, batch, chunk_size=256)
        (pairs.rejected - pairs.chosen).sum().backward()

    linear, _ = counted(adapted("gemma3"), dpo)
    flops = model_flops(adapted("gemma3"))
    # The loss's own positions, padding included, are what the program computes.
    assert flops.needed(40, 10, [0, 0], reference=True) == linear
    assert flops.needed(40, 10, [0, 0]) == linear - 40 * flops.token.forward - 10 * flops.supervised.forward


def test_a_model_of_one_number():
    flops = ModelFlops(Work(10, 7), {4: Work(2, 5), EVERYTHING: Work(1, 3)}, Work(100, 50), None)  # type: ignore[arg-type]
    assert flops.needed(3, 2, [6, 8]) == 3 * 17 + 2 * 150 + 6 * 7 + 8 * 4
    assert flops.needed(3, 2, [6, 8], reference=True) == 3 * 27 + 2 * 250 + 6 * 9 + 8 * 5
