"""The LightningModule: a Gemma base with LoRA, the three objectives, and greedy solutions."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from mathpal_lightning.losses import PairLogProbs
from mathpal_lightning.model import objective
from mathpal_lightning.model.accumulation import average_in_place, take_up, window_of
from mathpal_lightning.model.arguments import longest, prompts_of, settings_of, target_names
from mathpal_lightning.model.build import backend_of, bring_home, prepare_weights
from mathpal_lightning.model.checkpoint import identity, old_log_probs_in, require_own, watch_loads
from mathpal_lightning.model.description import description
from mathpal_lightning.model.draw import draw_groups
from mathpal_lightning.model.flops import ModelFlops, model_flops
from mathpal_lightning.model.generate import generate
from mathpal_lightning.model.load import LORA_TARGETS, Backend, Bits
from mathpal_lightning.model.optimizer import optimizer_of, schedule_of
from mathpal_lightning.model.policy import Policy
from mathpal_lightning.model.precision import Wanted, precision_of
from mathpal_lightning.model.reference import Preference, Reference
from mathpal_lightning.model.resolve import OFFLINE_GEMMA, resolve_base
from mathpal_lightning.model.sample import Sampling, sample_solutions
from mathpal_lightning.model.scoring import hidden_states, score_pairs
from mathpal_lightning.model.settings import Compile, ModuleSettings, check_settings, free_on_resume
from mathpal_lightning.model.shared_prompt import can_share_prompts
from mathpal_lightning.model.shown_loss import shown_as_mean
from mathpal_lightning.model.text_core import base_tokenizer
from mathpal_lightning.schema import Batch, Checkpoint, DrawnGroup, Held, Objective, PackedBatch, PreferenceBatch, Prompt, Row
from mathpal_lightning.schema.checkpoint import plain_value
from mathpal_lightning.vocabulary import FULL


class MathPalModule(LightningModule):
    """A Gemma that learns to solve problems.

    Weights load in `configure_model`, so that a config parses on any machine. Whatever the sizes of its batches, gradients are
    those of the mean over all supervised tokens of an optimizer step (`objective: dpo`: over all pairs). Exception: the
    preference losses `sft` and `orpo` are normalised within each batch.

    Args:
        model_name: "offline-gemma", a local folder or .gguf file, or a Hub id, also as owner/name@revision.
        adapter: A PEFT folder to train further; rank, alpha and targets are then the adapter's own.
        objective: `sft` learns solutions, `dpo` to prefer one to another, `grpo` from rewards of its own solutions.
        preference: The loss of `objective: dpo`, and its settings.
        backend: The loader of the base: `unsloth`, `transformers` (with bitsandbytes), or `auto`: Unsloth where installed.
        bits: 4 (NF4), 8 (LLM.int8) or 16.
        keep_dequantized: Keep 4-bit weights in 16 bits as well (2 bytes a weight): same numbers, much faster on a CPU.
        finetune: `lora` trains an adapter, `full` all weights of the text decoder (with bits 16).
        lora_r: Rank of the adapter.
        lora_alpha: Scale of the adapter: updates are multiplied by alpha / r.
        lora_dropout: Dropout before the adapter, a given one too, in [0, 1); `dpo` and `grpo` train without.
        lora_targets: Names of the linear layers that get an adapter, or `all-linear`: those of attention and MLP.
        lora_rslora: Scale by alpha / sqrt(r) instead.
        lora_dora: Learn the magnitudes of the weights separately (DoRA).
        gradient_checkpointing: Recompute activations in the backward pass: a third more time, much less memory.
        precision: `auto` (what `trainer.precision` says; float16-mixed for bf16 on a GPU that only emulates it), `bf16`,
            `float16-mixed` (float16 products between float32 sums) or `float32`.
        compile: Let torch.compile fuse work: on a CPU norms and MLPs (a fifth faster, needs a C++ compiler); on a GPU, with
            `transformers`, layers of Gemma 2 and 3 (needs Triton). `auto`: on a Hopper GPU, unless max_steps is below 200.
        learning_rate: The highest learning rate of the schedule.
        optimizer: `adamw`, or `adamw_8bit` (bitsandbytes, a quarter of the optimizer memory).
        weight_decay: Weight decay of AdamW.
        betas: Betas of AdamW.
        schedule: After warm-up: down to zero as a `cosine` or `linear`, or `constant`.
        warmup_share: Share of all steps in which the learning rate rises from zero, in [0, 1).
        loss_chunk: Supervised tokens that go through the head together.
        max_new_tokens: Tokens after which a generated solution is cut.
        generation_batch_size: Problems solved at a time.
        vocabulary: `full`, `small` (the tokens of Vietnamese mathematics; much faster on a CPU), or a file that adds some.
        policy: The loss of `objective: grpo`, and its settings.
    """

    model: Any
    may_change_on_resume: frozenset[str]

    def __init__(
        self,
        model_name: str = OFFLINE_GEMMA,
        adapter: str | None = None,
        objective: Objective = "sft",
        preference: Preference = Preference(),  # noqa: B008  frozen
        backend: Backend = "auto",
        bits: Bits = 4,
        keep_dequantized: bool = False,
        finetune: Literal["lora", "full"] = "lora",
        lora_r: int = 16,
        lora_alpha: float = 32.0,
        lora_dropout: float = 0.0,
        lora_targets: str | Sequence[str] = LORA_TARGETS,
        lora_rslora: bool = False,
        lora_dora: bool = False,
        gradient_checkpointing: bool = False,
        compile: Compile = "auto",
        learning_rate: float = 2e-4,
        optimizer: Literal["adamw", "adamw_8bit"] = "adamw",
        weight_decay: float = 0.0,
        betas: tuple[float, float] = (0.9, 0.95),
        schedule: Literal["cosine", "linear", "constant"] = "cosine",
        warmup_share: float = 0.05,
        loss_chunk: int = 1024,
        max_new_tokens: int = 512,
        generation_batch_size: int = 32,
        vocabulary: str = FULL,
        policy: Policy = Policy(),  # noqa: B008  frozen
        precision: Wanted = "auto",
    ):
        super().__init__()
        preference = self.preference = settings_of(Preference, preference, "model.preference")
        policy = self.policy = settings_of(Policy, policy, "model.policy")
        lora_targets, betas = target_names(lora_targets), (betas[0], betas[1])
        self.save_hyperparameters()
        self.save_hyperparameters(plain_value(self.hparams))  # once more: a checkpoint loads with weights_only=True
        self.may_change_on_resume = free_on_resume(objective)
        self.strict_loading, self.model = False, None  # a checkpoint holds the trained weights only
        watch_loads(self)
        self.loaded_precision = ""  # of the weights, once they are there
        self._accumulated, self._to_take_up = 0, cast("list[Held] | None", None)
        self.reference: Reference | None = None
        self.old_log_probs: Tensor | None = None  # of the draw that several updates use
        check_settings(self.settings, self.preference)

    @property
    def settings(self) -> ModuleSettings:
        """The arguments of `__init__`, by name."""
        return cast(ModuleSettings, self.hparams)

    @functools.cached_property
    def folder(self) -> Path:
        """The folder of the base model; downloads or prepares it when first asked."""
        return resolve_base(self.settings.model_name, self.settings.vocabulary)

    @functools.cached_property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The base's tokenizer with our chat template; needs no weights."""
        backend_of(self)  # Unsloth must be imported before the classes that it patches
        return base_tokenizer(self.folder)

    @functools.cached_property
    def _backend(self) -> Literal["unsloth", "transformers"]:
        return backend_of(self)

    @property
    def resolved_precision(self) -> str:
        """The arithmetic of the run, as `resolve_precision` names it."""
        return self.loaded_precision or precision_of(self)

    def __repr__(self) -> str:
        """One line for a notebook; PyTorch's own would list every layer (print(module.model) does)."""
        return description(self)

    def configure_model(self) -> None:
        """Load the weights, once. Every Trainer then computes in the arithmetic that they were loaded for."""
        prepare_weights(self)

    def on_fit_start(self) -> None:
        """Give each process its own dropout: all begin with the seed of the run. What an earlier fit left does not count."""
        self._accumulated, self._to_take_up = 0, self._to_take_up if self.trainer.ckpt_path else None
        if self.trainer.global_rank > 0:
            torch.manual_seed(torch.initial_seed() + self.trainer.global_rank)

    @functools.cached_property
    def flops(self) -> ModelFlops:
        """The arithmetic that training needs: for a token, for a pair of tokens, and for a supervised position."""
        return model_flops(self.model)

    def hidden_states(self, batch: PackedBatch) -> Tensor:
        """The decoder's last hidden states [B, T, D]; the documents of a row do not attend to each other."""
        return hidden_states(self.model, batch)

    def pair_log_probs(self, batch: PreferenceBatch) -> PairLogProbs:
        """The policy's log-probabilities of chosen and rejected completions, in one forward pass."""
        return score_pairs(self.model, batch, self.settings.loss_chunk, self.shares_prompts)

    @property
    def shares_prompts(self) -> bool:
        """Whether a prompt stands once for all its completions."""
        return can_share_prompts(self._backend, self.device.type)

    def draw(self, questions: Sequence[Prompt], seed: int, before: Sequence[Prompt] = ()) -> list[DrawnGroup]:
        """Draw `policy.group_size` solutions for each question, other ones than under this seed for those `before`."""
        bring_home(self)
        most, together = self.settings.max_new_tokens, self.settings.generation_batch_size
        return draw_groups(self.model, self.tokenizer, questions, self.policy, most, seed, together, before)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The loss. Its value is the mean, its gradients are those of the sum.

        `on_before_optimizer_step` turns them into those of the mean over all batches of the step.
        """
        terms = objective.terms_of(self, batch)
        if objective.is_repeat(self.trainer.train_dataloader, batch_idx, batch):
            terms = terms._replace(loss=terms.loss * 0, number=0)
        means, total = objective.mean_over_processes(terms, self.trainer, self.device)
        objective.require_finite(means["loss"], self.global_step, batch_idx)
        self._accumulated += terms.number
        self._log_means("train", means, total)
        return shown_as_mean(terms.loss, means["loss"])

    def _log_means(self, stage: str, means: dict[str, Tensor], count: int) -> None:
        of_rewards = stage == "train" and self.settings.objective == "grpo"  # of groups that teach nothing too
        for name, mean in means.items() if count or of_rewards else ():
            bar, sync = name in ("loss", "rewards/accuracy"), stage != "train"  # Lightning warns of unsynchronised metrics
            self.log(f"{stage}/{name}", mean, prog_bar=bar, batch_size=max(count, 1), sync_dist=sync)

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Turn summed gradients into those of the mean over the step's supervised tokens, or pairs; runs before clipping."""
        average_in_place(self.trained_weights().values(), self._accumulated, self.trainer, self.device)
        self._accumulated = 0

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Log the loss, weighted by supervised tokens, or pairs."""
        self._evaluate("val", batch, objective.is_repeat(self.trainer.val_dataloaders, batch_idx))

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        """Log the loss, weighted by supervised tokens, or pairs."""
        self._evaluate("test", batch, objective.is_repeat(self.trainer.test_dataloaders, batch_idx))

    def _evaluate(self, stage: str, batch: Batch, repeated: bool) -> None:
        terms = objective.terms_of(self, batch)
        terms = terms._replace(number=0) if repeated else terms
        self._log_means(stage, *objective.mean_over_processes(terms, self.trainer, self.device))

    def predict_step(self, batch: Sequence[Row | Prompt], batch_idx: int) -> list[str]:
        """One solution for each row, question or conversation."""
        return self.generate_solutions(prompts_of([batch] if isinstance(batch, str) else batch))

    def generate_solutions(self, questions: Sequence[Prompt], max_new_tokens: int | None = None) -> list[str]:
        """Solve problems greedily. Training mode and random states stay as they are.

        Args:
            questions: Vietnamese problem texts, or conversations (turns or messages, the last one the user's) with history.
            max_new_tokens: Tokens after which a solution is cut; the module's own setting by default.

        Returns:
            The solutions in the order of the questions, without control tokens.

        Raises:
            ConfigError: what is asked for is no list of these, or `max_new_tokens` is below 1.
        """
        asked, most = prompts_of(questions), longest(max_new_tokens, self.settings.max_new_tokens)
        bring_home(self)
        return generate(self.model, self.tokenizer, asked, most, self.settings.generation_batch_size)

    def draw_solutions(
        self, questions: Sequence[Prompt], samples: int, temperature: float, max_new_tokens: int | None = None
    ) -> list[list[str]]:
        """Draw several solutions of each problem at random, at a temperature above 0; the same call draws the same ones."""
        asked, most = prompts_of(questions), longest(max_new_tokens, self.settings.max_new_tokens)
        bring_home(self)
        sampling = Sampling(samples, temperature, max_new_tokens=most)
        drawn = sample_solutions(self.model, self.tokenizer, asked, sampling, self.settings.generation_batch_size)
        return [[sample.text for sample in group] for group in drawn]

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW over the trained weights; the learning rate changes every step."""
        optimizer = optimizer_of(list(self.trained_weights().values()), self.settings)
        schedule = schedule_of(optimizer, self.settings, self.trainer.estimated_stepping_batches)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def trained_weights(self) -> dict[str, torch.nn.Parameter]:
        """The weights that training changes, by name: the adapter's, or all with `finetune: full`."""
        return {name: weight for name, weight in self.named_parameters() if weight.requires_grad}

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """The trained weights only: the frozen base stays out of checkpoints."""
        kept = {} if destination is None else destination
        kept.update({prefix + name: w if keep_vars else w.detach() for name, w in self.trained_weights().items()})
        return kept

    def on_save_checkpoint(self, checkpoint: dict[str, object]) -> None:
        """Add the base's name, the reference, and the gradients of an accumulation window that has not ended."""
        checkpoint.update({**identity(self), **window_of(self, self._accumulated)})
        if self.reference:
            self.reference.save()

    def on_fit_end(self) -> None:
        """Keep the reference's log-probabilities for the next run on these pairs."""
        if self.reference:
            self.reference.save()

    def on_load_checkpoint(self, checkpoint: dict[str, object]) -> None:
        """Refuse a checkpoint with other trained weights, another vocabulary or another reference (CheckpointError)."""
        require_own(self, content := cast(Checkpoint, checkpoint))
        self._to_take_up, self.old_log_probs = content.get("window"), old_log_probs_in(content, self)

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Take up the gradients of a checkpoint from the middle of an accumulation window; Lightning clears earlier ones."""
        if self._to_take_up:
            self._accumulated = take_up(self._to_take_up, self.trained_weights(), self.trainer)
        self._to_take_up = None
