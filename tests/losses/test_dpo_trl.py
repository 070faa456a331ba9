"""The preference losses equal TRL 1.15's own code: value and gradients, on token log-probabilities and through LoRA Gemmas.

TRL's loss method wants a trainer; an object that holds exactly what it reads stands in for it, so that what is compared
is TRL's arithmetic, run by TRL.
"""

from collections import defaultdict
from types import SimpleNamespace

import pytest
import torch

from mathpal_lightning.data.collate import collate_pairs
from mathpal_lightning.losses import PairLogProbs, preference_loss, token_log_probs
from mathpal_lightning.losses.dpo import PreferenceLoss
from mathpal_lightning.model.scoring import score_pairs
from mathpal_lightning.schema import IGNORE_INDEX, EncodedPair
from tests.losses.test_dpo import (
    BETA,
    CHOSEN_LENGTHS,
    MARGIN,
    REJECTED_LENGTHS,
    SMOOTHING,
    pairs,
    random_log_probs,
    within,
)
from tests.losses.test_sft import lora_gemma, lora_gradients
from tests.tiny import FAMILIES, VOCAB_SIZE

TRL_LACKS = {"simpo", "orpo"}
"""Losses that TRL's DPOTrainer does not have; these two have trainers of their own."""
TRL_HAS = [name for name in PreferenceLoss.__args__ if name not in TRL_LACKS]
PROMPT = 4
TRL_NAMES = {
    "rewards/chosen": "rewards/chosen",
    "rewards/rejected": "rewards/rejected",
    "rewards/margin": "rewards/margins",
    "rewards/accuracy": "rewards/accuracies",
    "log_probs/chosen": "logps/chosen",
    "log_probs/rejected": "logps/rejected",
}


def from_trl(module, name):
    """Imported when a test runs, not when tests are collected: TRL takes seconds and patches other libraries."""
    return getattr(pytest.importorskip(module, reason="TRL is the independent reference; it is not installed"), name)


class Accelerator:
    device = torch.device("cpu")

    def gather(self, tensor):
        return tensor

    gather_for_metrics = gather


def trl_loss(model, batch, weights, label_smoothing=0.0):
    """The loss and the logged metrics of TRL's DPOTrainer for a batch in its own layout."""
    trainer = SimpleNamespace(
        model=SimpleNamespace(training=True),
        accelerator=Accelerator(),
        precompute_ref_logps=True,
        beta=BETA,
        label_smoothing=label_smoothing,
        loss_types=list(weights),
        loss_weights=list(weights.values()),
        f_divergence_type="reverse_kl",
        ld_alpha=None,
        aux_loss_enabled=False,
        use_weighting=False,
        _metrics=defaultdict(lambda: defaultdict(list)),
        _total_train_tokens=0,
        _tp_size=1,
    )
    loss = from_trl("trl", "DPOTrainer")._compute_loss(trainer, model, batch, return_outputs=False)
    return loss, trainer._metrics["train"]


def trl_batch(prompt_length, seed=0):
    """Chosen rows, then rejected rows, each a prompt, a completion and padding on the right."""
    lengths = torch.tensor(CHOSEN_LENGTHS + REJECTED_LENGTHS)[:, None] + prompt_length
    positions = torch.arange(prompt_length + 8)
    ids = torch.randint(9, VOCAB_SIZE, (8, prompt_length + 8), generator=torch.Generator().manual_seed(seed))
    ids[4:, :prompt_length] = ids[:4, :prompt_length]
    references = pairs()
    return {
        "input_ids": ids * (positions < lengths),
        "attention_mask": (positions < lengths).long(),
        "completion_mask": ((positions < lengths) & (positions >= prompt_length)).long(),
        "ref_chosen_logps": references.reference_chosen,
        "ref_rejected_logps": references.reference_rejected,
    }


def model_of(policy):
    """Stands in for a model whose token log-probabilities are `policy`."""
    zeros = torch.zeros(8, 8)
    values = torch.cat([policy[0] * within(CHOSEN_LENGTHS), policy[1] * within(REJECTED_LENGTHS)])
    return lambda **_: SimpleNamespace(log_probs=values, entropy=zeros, mean_logits=zeros, is_top1=zeros.bool())


def assert_same_value_and_gradients(policy, ours, reference, tolerance=1e-8):
    torch.testing.assert_close(ours, reference, atol=tolerance, rtol=tolerance)
    own = torch.autograd.grad(ours, policy, materialize_grads=True, retain_graph=True)
    expected = torch.autograd.grad(reference, policy, materialize_grads=True)
    assert expected[0].abs().max() > 1e-3
    for mine, theirs in zip(own, expected, strict=True):
        torch.testing.assert_close(mine, theirs, atol=tolerance, rtol=tolerance)


@pytest.fixture
def policy():
    return tuple(
        random_log_probs(lengths, seed).requires_grad_() for seed, lengths in enumerate((CHOSEN_LENGTHS, REJECTED_LENGTHS))
    )


@pytest.mark.parametrize(
    ("weights", "label_smoothing"),
    [
        *(({name: 1.0}, 0.0) for name in TRL_HAS),
        ({"robust": 1.0}, 0.2),
        ({"sigmoid": 0.8, "hinge": 0.1, "sft": 1.3}, 0.0),
    ],
    ids=str,
)
def test_equals_trl(policy, weights, label_smoothing):
    theirs, logged = trl_loss(model_of(policy), trl_batch(prompt_length=1), weights, label_smoothing)
    ours, metrics = preference_loss(pairs(policy), weights, beta=BETA, label_smoothing=label_smoothing)
    assert_same_value_and_gradients(policy, ours, theirs)
    for own_name, their_name in TRL_NAMES.items():
        assert logged[their_name] == [pytest.approx(metrics[own_name].item(), rel=1e-6)]


def test_trl_still_ignores_label_smoothing_in_its_sigmoid_loss(policy):
    """Why conservative DPO is compared with numpy only; when this fails, compare it with TRL too."""
    model, batch = model_of(policy), trl_batch(prompt_length=1)
    smoothed, _ = trl_loss(model, batch, {"sigmoid": 1.0}, label_smoothing=SMOOTHING)
    assert smoothed.item() == trl_loss(model, batch, {"sigmoid": 1.0})[0].item()


@pytest.mark.parametrize("label_smoothing", [0.0, SMOOTHING])
def test_simpo_equals_trl(policy, label_smoothing):
    settings = {"loss_type": "simpo", "beta": BETA, "simpo_gamma": MARGIN, "label_smoothing": label_smoothing, "alpha": 0.0}
    trainer = SimpleNamespace(accelerator=Accelerator(), **settings)
    own = pairs(policy)
    per_token = own.chosen / own.chosen_length, own.rejected / own.rejected_length
    theirs, *rewards = from_trl("trl.experimental.cpo", "CPOTrainer").cpo_loss(trainer, *per_token)
    free = own._replace(reference_chosen=None, reference_rejected=None)
    ours, metrics = preference_loss(free, "simpo", beta=BETA, label_smoothing=label_smoothing, simpo_margin=MARGIN)
    assert_same_value_and_gradients(policy, ours, theirs.mean())
    assert [metrics["rewards/chosen"].item(), metrics["rewards/rejected"].item()] == pytest.approx(
        [reward.mean().item() for reward in rewards]
    )


def test_orpo_equals_trl(policy):
    """TRL computes the odds in float32, hence 1e-6; its SFT term also scores the prompt, hence the odds ratio alone."""
    trainer_class = from_trl("trl.experimental.orpo", "ORPOTrainer")
    own = pairs(policy)
    per_token = own.chosen / own.chosen_length, own.rejected / own.rejected_length
    trainer = SimpleNamespace(beta=BETA, accelerator=Accelerator())
    theirs = -trainer_class.odds_ratio_loss(trainer, *per_token)[0].mean()
    ours = preference_loss(own, "orpo", beta=BETA)[0] - preference_loss(own, "sft")[0]
    assert_same_value_and_gradients(policy, ours, theirs.double(), tolerance=1e-6)


def ours_on(model, batch, weights):
    """The same batch through our own path: hidden states of the completions' predecessors, token log-probs, sums per row."""
    causal = model.get_base_model()
    hidden = causal.model(batch["input_ids"], attention_mask=batch["attention_mask"], use_cache=False).last_hidden_state
    rows, columns = batch["completion_mask"].nonzero(as_tuple=True)
    log_probs = token_log_probs(
        hidden[rows, columns - 1],
        causal.lm_head.weight,
        batch["input_ids"][rows, columns],
        softcap=causal.config.final_logit_softcapping,
        chunk_size=9,
    )
    sums = log_probs.new_zeros(8).index_add(0, rows, log_probs).chunk(2)
    lengths = batch["completion_mask"].sum(1).chunk(2)
    references = batch["ref_chosen_logps"], batch["ref_rejected_logps"]
    return preference_loss(PairLogProbs(*sums, *lengths, *references), weights, beta=BETA)


def full_logits_model(model):
    """The model with TRL's log-probabilities of full logits: its fused head is a Triton kernel and needs a GPU."""
    selective_log_softmax = from_trl("trl.trainer.utils", "selective_log_softmax")

    def forward(input_ids, attention_mask, labels, **_):
        logits = model(input_ids, attention_mask=attention_mask, use_cache=False).logits[:, :-1]
        zeros = torch.zeros_like(labels[:, 1:], dtype=torch.float32)
        log_probs = selective_log_softmax(logits, input_ids[:, 1:]) * (labels[:, 1:] != -100)
        return SimpleNamespace(log_probs=log_probs, entropy=zeros, mean_logits=zeros, is_top1=zeros.bool())

    return forward


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", TRL_HAS)
def test_lora_gradients_equal_trl(family, name):
    """TRL's log-probabilities and loss against ours, on the same LoRA Gemma and the same padded batch."""
    model, batch = lora_gemma(family, torch.float64), trl_batch(prompt_length=PROMPT)
    ours, _ = ours_on(model, batch, {name: 1.0})
    own = lora_gradients(model, ours)
    theirs, _ = trl_loss(full_logits_model(model), batch, {name: 1.0})
    torch.testing.assert_close(ours, theirs, atol=1e-8, rtol=1e-8)
    expected = lora_gradients(model, theirs)
    assert sum(gradient.norm() for gradient in expected.values()) > 1e-3
    for parameter, gradient in expected.items():
        torch.testing.assert_close(own[parameter], gradient, atol=1e-8, rtol=1e-8)


def packed(batch, prompt_length):
    """TRL's padded batch as ours: four pairs in two rows, each prompt once."""
    chosen, rejected = (
        [
            ids[mask == 1].tolist()
            for ids, mask in zip(*(batch[name][half] for name in ("input_ids", "completion_mask")), strict=True)
        ]
        for half in (slice(4), slice(4, 8))
    )
    prompts = batch["input_ids"][:4, :prompt_length].tolist()
    pairs = [
        EncodedPair(
            prompt + one + other,
            [IGNORE_INDEX] * prompt_length + one + other,
            [0] * prompt_length + [1] * len(one) + [2] * len(other),
        )
        for prompt, one, other in zip(prompts, chosen, rejected, strict=True)
    ]
    return collate_pairs([pairs[:3], pairs[3:]], pad_token_id=0)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("share_prompts", [True, False], ids=["shared", "separate"])
def test_packed_pairs_equal_trl_padded(family, share_prompts):
    """The whole of our path: prompts once (or unfolded), packed rows, one forward pass. Gemma's norms compute in float32."""
    model, batch = lora_gemma(family, torch.float64), trl_batch(prompt_length=PROMPT)
    own_pairs = score_pairs(model, packed(batch, PROMPT), chunk_size=9, share_prompts=share_prompts)
    own_pairs = own_pairs._replace(reference_chosen=batch["ref_chosen_logps"], reference_rejected=batch["ref_rejected_logps"])
    ours, _ = preference_loss(own_pairs, beta=BETA)
    own = lora_gradients(model, ours)
    theirs, _ = trl_loss(full_logits_model(model), batch, {"sigmoid": 1.0})
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-6)
    expected = lora_gradients(model, theirs)
    assert sum(gradient.norm() for gradient in expected.values()) > 1e-3
    for name, gradient in expected.items():
        assert (own[name] - gradient).norm() <= 5e-6 * gradient.norm(), name


@pytest.mark.parametrize("family", FAMILIES)
def test_bfloat16_is_as_near_the_truth_as_trl(family):
    """Distances of the LoRA gradients to those of the same weights in float64."""
    model, batch = lora_gemma(family, torch.bfloat16), trl_batch(prompt_length=PROMPT)
    own = lora_gradients(model, ours_on(model, batch, {"sigmoid": 1.0})[0])
    theirs = lora_gradients(model, trl_loss(full_logits_model(model), batch, {"sigmoid": 1.0})[0])
    truth = lora_gradients(model.double(), trl_loss(full_logits_model(model), batch, {"sigmoid": 1.0})[0])

    def distance(gradients):
        return sum((gradients[name] - truth[name]).square().sum() for name in truth).sqrt()

    assert distance(own) <= 1.25 * distance(theirs)
    assert distance(own) < 0.3 * distance({name: 0 for name in truth})
