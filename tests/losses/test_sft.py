"""sft_loss equals transformers' own full-logits loss on four Gemmas: value and every LoRA gradient."""

import pytest
import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model

from mathpal_lightning.losses import sft_loss
from mathpal_lightning.schema import IGNORE_INDEX
from tests.tiny import FAMILIES, VOCAB_SIZE, tiny_gemma

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def lora_gemma(family, dtype):
    """A tiny Gemma with a random, not a zero, adapter: with B = 0 the gradients of A would all be 0."""
    torch.manual_seed(1)
    model = get_peft_model(tiny_gemma(family), LoraConfig(r=4, target_modules=PROJECTIONS, init_lora_weights=False))
    return model.to(dtype)


def batch(rows=2, length=24, seed=0):
    """Ids, and labels that supervise about half of the positions, the first among them."""
    generator = torch.Generator().manual_seed(seed)
    input_ids = torch.randint(9, VOCAB_SIZE, (rows, length), generator=generator)
    labels = input_ids.masked_fill(torch.rand(rows, length, generator=generator) < 0.5, IGNORE_INDEX)
    labels[:, 0] = input_ids[:, 0]
    return input_ids, labels


def lora_gradients(model, loss):
    loss.backward()
    gradients = {name: value.grad for name, value in model.named_parameters() if value.requires_grad}
    model.zero_grad(set_to_none=True)
    return gradients


def ours(model, input_ids, labels, **settings):
    causal = model.get_base_model()
    hidden = causal.model(input_ids=input_ids, use_cache=False).last_hidden_state
    softcap = causal.config.final_logit_softcapping
    return sft_loss(hidden, causal.lm_head.weight, labels, softcap=softcap, **settings)


def full_logits(model, input_ids, labels):
    logits = model(input_ids=input_ids, use_cache=False).logits
    logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), reduction="sum")


@pytest.mark.parametrize("family", FAMILIES)
def test_equals_full_logits_in_float64(family):
    model, (input_ids, labels) = lora_gemma(family, torch.float64), batch()
    loss, count = ours(model, input_ids, labels, chunk_size=5)
    reference = full_logits(model, input_ids, labels)
    assert count == (labels[:, 1:] != IGNORE_INDEX).sum()
    torch.testing.assert_close(loss, reference, atol=1e-9, rtol=1e-9)
    own, expected = lora_gradients(model, loss), lora_gradients(model, reference)
    assert len(own) >= 2 * 24  # A and B of six or seven projections in at least four layers
    for name, gradient in expected.items():
        assert gradient.norm() > 1e-3, f"{name} sees no gradient: the comparison would be vacuous"
        torch.testing.assert_close(own[name], gradient, atol=1e-9, rtol=1e-9, msg=lambda text, name=name: f"{name}: {text}")


@pytest.mark.parametrize("family", FAMILIES)
def test_bfloat16_is_as_near_the_truth_as_full_logits(family):
    """Distances to the same weights in float64; the backbone's own bfloat16 rounding is in both."""
    model, (input_ids, labels) = lora_gemma(family, torch.bfloat16), batch()
    own_loss, reference_loss = ours(model, input_ids, labels)[0], full_logits(model, input_ids, labels)
    own, reference = lora_gradients(model, own_loss), lora_gradients(model, reference_loss)
    model.double()
    true_loss = full_logits(model, input_ids, labels)
    truth = lora_gradients(model, true_loss)
    assert own_loss.dtype == torch.float32
    assert abs(own_loss - true_loss) <= 1.5 * abs(reference_loss - true_loss) + 2e-3 * true_loss

    def distance(gradients):
        return sum((gradients[name] - truth[name]).square().sum() for name in truth).sqrt()

    assert distance(own) <= 1.25 * distance(reference)
    assert distance(own) < 0.2 * distance({name: 0 for name in truth})


@pytest.mark.parametrize("trainable_head", [False, True])
def test_full_fine_tuning_of_tied_embeddings(trainable_head):
    """The embedding is input and head at once: its gradient is the sum of both uses."""
    model, (input_ids, labels) = tiny_gemma("gemma3").double(), batch()
    embedding = model.get_input_embeddings().weight.requires_grad_(trainable_head)
    hidden = model.model(input_ids=input_ids, use_cache=False).last_hidden_state
    sft_loss(hidden, model.lm_head.weight, labels)[0].backward()
    own = {name: value.grad for name, value in model.named_parameters() if value.requires_grad}
    model.zero_grad(set_to_none=True)
    full_logits(model, input_ids, labels).backward()
    for name, value in model.named_parameters():
        if value.requires_grad:
            torch.testing.assert_close(own[name], value.grad, atol=1e-9, rtol=1e-9)
    assert (embedding.grad is not None) == trainable_head


def test_accumulated_sums_divided_by_all_tokens_are_the_one_big_batch():
    """Micro-batches of 3 and 20 supervised tokens: the mean of means would weigh the first seven times too much."""
    model, (input_ids, _) = lora_gemma("gemma3", torch.float64), batch()
    labels = torch.full_like(input_ids, IGNORE_INDEX)
    labels[0, 21:], labels[1, 4:] = input_ids[0, 21:], input_ids[1, 4:]
    big_sum, big_count = ours(model, input_ids, labels)
    expected = lora_gradients(model, big_sum / big_count)
    micro = [ours(model, input_ids[row : row + 1], labels[row : row + 1]) for row in (0, 1)]
    assert [count for _, count in micro] == [3, 20]
    assert big_count == 23
    sums = [lora_gradients(model, loss) for loss, _ in micro]
    mean_of_means = 0.0
    for name, gradient in expected.items():
        accumulated = (sums[0][name] + sums[1][name]) / 23
        assert (accumulated - gradient).norm() < 1e-5 * gradient.norm()  # Gemma's norms round to float32
        mean_of_means += ((sums[0][name] / 3 + sums[1][name] / 20) / 2 - gradient).norm().item()
    assert mean_of_means > 1e-2


def test_one_supervised_token_is_predicted_from_the_position_before():
    hidden = torch.zeros(1, 3, 2, dtype=torch.float64)
    hidden[0, 1] = torch.tensor([2.0, 0.0])
    hidden.requires_grad_()
    loss, count = sft_loss(hidden, torch.eye(2, dtype=torch.float64), torch.tensor([[IGNORE_INDEX, IGNORE_INDEX, 0]]))
    loss.backward()
    assert count == 1
    assert loss.item() == pytest.approx(0.126928, abs=1e-6)  # log(1 + e^-2)
    assert hidden.grad.flatten().tolist() == pytest.approx([0, 0, -0.119203, 0.119203, 0, 0], abs=1e-6)  # 1 / (1 + e^2)


@pytest.mark.parametrize("labels", [[[IGNORE_INDEX] * 4] * 2, [[1] + [IGNORE_INDEX] * 3] * 2], ids=["none", "only the first"])
def test_no_supervised_token_gives_zero_and_zero_gradients(labels):
    hidden = torch.randn(2, 4, 3, requires_grad=True)
    head = torch.randn(5, 3, requires_grad=True)
    loss, count = sft_loss(hidden, head, torch.tensor(labels))
    loss.backward()
    assert (loss.item(), count) == (0.0, 0)
    assert hidden.grad.eq(0).all()
    assert head.grad.eq(0).all()


def test_labels_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"Expected labels \[2, 4\] .* but got \[2, 3\]"):
        sft_loss(torch.zeros(2, 4, 3), torch.zeros(5, 3), torch.zeros(2, 3, dtype=torch.int64))
