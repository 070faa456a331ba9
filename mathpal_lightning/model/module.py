"""The LightningModule: a Gemma base with LoRA, the SFT and the preference objective, and greedy solutions."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal

import torch
from lightning.pytorch import LightningModule
from torch import Tensor

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.compat.lightning import attached_trainer
from mathpal_lightning.compat.torch import multiply_each
from mathpal_lightning.errors import CheckpointError, ConfigError, TrainingError
from mathpal_lightning.losses import PairLogProbs, preference_loss
from mathpal_lightning.model.flops import ModelFlops, model_flops
from mathpal_lightning.model.generate import generate
from mathpal_lightning.model.lean import make_lean
from mathpal_lightning.model.load import (
    Backend,
    Bits,
    Lora,
    add_lora,
    checkpoint_activations,
    keep_dequantized,
    load_base,
    resolve_backend,
)
from mathpal_lightning.model.reference import Preference, Reference, adapter_digest, reference_digest
from mathpal_lightning.model.resolve import OFFLINE_GEMMA, resolve_model
from mathpal_lightning.model.scoring import hidden_states, score_pairs, score_solutions
from mathpal_lightning.model.settings import check_settings
from mathpal_lightning.model.shared_prompt import can_share_prompts
from mathpal_lightning.model.strategy import require_strategy, shard_layers
from mathpal_lightning.model.window import Window, take_up, window_under_way
from mathpal_lightning.schema import Objective, PackedBatch, PreferenceBatch, Prompt, Row

LORA_TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")

log = logging.getLogger(__name__)


class MathPalModule(LightningModule):
    """A Gemma that learns to solve problems.

    Weights load in `configure_model`, so that a config parses on any machine. Gradients are those of the mean over all
    supervised tokens (of preference training: over all pairs) of an accumulation window, whatever the sizes of its
    micro-batches.

    Args:
        model_name: "offline-gemma", a local folder or .gguf file, or a Hub id.
        adapter: A PEFT folder to go on from; rank, alpha and targets are then the adapter's own.
        objective: `sft` learns solutions, `dpo` to prefer one solution to another, starting from and tied to the policy as it
            begins: the base, or base and `adapter`.
        preference: The loss of `objective: dpo`, and its settings.
        backend: Who loads the base: `unsloth`, `transformers` (with bitsandbytes), or `auto`: Unsloth where installed.
        bits: 4 (NF4), 8 (LLM.int8) or 16.
        keep_dequantized: Hold the 16-bit form of 4-bit weights in memory as well: the same numbers, on a CPU much faster,
            for 2 bytes a weight more.
        finetune: Train a LoRA adapter, or all weights of the text decoder (`full`, with bits 16).
        lora_r: Rank of the adapter.
        lora_alpha: Its scale: updates are multiplied by alpha / r.
        lora_dropout: Dropout before the adapter, in [0, 1).
        lora_targets: Names of the linear layers that get one.
        lora_rslora: Scale by alpha / sqrt(r) instead.
        lora_dora: Learn magnitudes apart (DoRA).
        gradient_checkpointing: Recompute activations in the backward pass: a third more time, much less memory.
        compile: On a CPU, compile the elementwise work of norms and MLPs (torch.compile): a fifth faster, for 15 seconds at
            the first start on a machine and 5 later. Needs a C++ compiler. On a GPU the backend's kernels stay as they are.
        learning_rate: The highest of the schedule.
        optimizer: `adamw`, or `adamw_8bit` (bitsandbytes, a quarter of the optimizer memory).
        weight_decay: Of AdamW.
        betas: Of AdamW.
        schedule: After warm-up: down to zero as a `cosine` or `linear`, or `constant`.
        warmup_share: Share of all steps in which the learning rate rises from zero, in [0, 1).
        loss_chunk: Supervised tokens that go through the head together.
        max_new_tokens: Where a generated solution is cut.
        generation_batch_size: Problems solved at a time.
    """

    model: Any
    may_change_on_resume: ClassVar[frozenset[str]] = frozenset(
        {"backend", "keep_dequantized", "gradient_checkpointing", "compile", "loss_chunk"}
        | {"max_new_tokens", "generation_batch_size"}
        | {"adapter"}  # the checkpoint holds its weights; as a reference it is known by its digest
    )
    """Arguments that a resumed run may change; every other one must be as in its checkpoint."""

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
        lora_targets: Sequence[str] = LORA_TARGETS,
        lora_rslora: bool = False,
        lora_dora: bool = False,
        gradient_checkpointing: bool = False,
        compile: bool = False,
        learning_rate: float = 2e-4,
        optimizer: Literal["adamw", "adamw_8bit"] = "adamw",
        weight_decay: float = 0.0,
        betas: tuple[float, float] = (0.9, 0.95),
        schedule: Literal["cosine", "linear", "constant"] = "cosine",
        warmup_share: float = 0.05,
        loss_chunk: int = 1024,
        max_new_tokens: int = 512,
        generation_batch_size: int = 32,
    ):
        super().__init__()
        self.preference = preference if isinstance(preference, Preference) else Preference(**preference)
        # Plain values: a checkpoint loads with weights_only=True.
        lora_targets, betas, preference = list(lora_targets), (betas[0], betas[1]), asdict(self.preference)  # type: ignore[assignment]
        self.save_hyperparameters()
        self.strict_loading = False  # a checkpoint holds the trained weights only
        self.model = None
        self.lora = Lora(lora_r, lora_alpha, lora_dropout, tuple(lora_targets), lora_rslora, lora_dora)
        self._window_count = 0
        self._window: Window | None = None
        self._reference: Reference | None = None
        check_settings(self.hparams, self.preference)

    @property
    def settings(self) -> Any:
        """The arguments of `__init__`, by name."""
        return self.hparams

    @functools.cached_property
    def folder(self) -> Path:
        """The folder of the base model; downloads or prepares it when first asked."""
        return resolve_model(self.settings.model_name)

    @functools.cached_property
    def tokenizer(self) -> Any:
        """The base's tokenizer with our chat template; needs no weights."""
        self._backend  # noqa: B018  Unsloth wants to be imported before the classes it patches
        return load_tokenizer(self.folder)

    @functools.cached_property
    def _backend(self) -> Literal["unsloth", "transformers"]:
        return resolve_backend(self.settings.backend)

    def configure_model(self) -> None:
        """Load the weights, once."""
        if self.model is not None:
            return
        if attached_trainer(self) is not None:
            require_strategy(self.trainer.strategy)
        settings = self.settings
        device = str(self.device if attached_trainer(self) is None else self.trainer.strategy.root_device)
        base = load_base(self.folder, self._backend, settings.bits, self._base_dtype(), device)
        if settings.keep_dequantized:
            keep_dequantized(base)
        if settings.finetune == "full":
            self.model = base.requires_grad_(True)
        else:
            adapter = Path(settings.adapter) if settings.adapter else None
            self.model = add_lora(base, self._backend, self.lora, adapter)
        if torch.device(device).type == "cpu":
            make_lean(self.model, compiled=settings.compile)
        self.model.train()  # it was loaded in eval mode, in which checkpointing does nothing
        if settings.gradient_checkpointing:
            checkpoint_activations(self.model)
        digest = ""
        if settings.objective == "dpo" and self.preference.needs_reference:
            precision = "bf16-mixed" if attached_trainer(self) is None else str(self.trainer.precision)
            digest = reference_digest(self.model, settings.adapter, precision, self._tokenizer_of_pairs())
        if self.device_mesh is not None:  # Lightning's ModelParallelStrategy gives it
            shard_layers(self.model, self.device_mesh)
        if digest:
            self._reference = Reference(self.trained_weights(), digest, cached=self.preference.cache_reference)
        if settings.objective == "dpo":
            shared = can_share_prompts(self._backend, torch.device(device).type)
            log.info("Each prompt stands %s", "once for both completions" if shared else "once for each completion")
        trained = sum(parameter.numel() for parameter in self.trained_weights().values())
        log.info(
            "%s in %d bits by %s: %.2f M weights to train", settings.model_name, settings.bits, self._backend, trained / 1e6
        )

    def _tokenizer_of_pairs(self) -> Any:
        """The tokenizer that encodes the training pairs: the data module's own, where it was given one."""
        data = None if attached_trainer(self) is None else getattr(self.trainer, "datamodule", None)
        return getattr(data, "tokenizer", None) or self.tokenizer

    def on_fit_start(self) -> None:
        """Let each process drop other activations than the first: they all begin with the run's seed."""
        if self.trainer.global_rank > 0:
            torch.manual_seed(torch.initial_seed() + self.trainer.global_rank)

    def _base_dtype(self) -> torch.dtype:
        """The dtype of the base, from the Trainer's precision; bfloat16 without a Trainer."""
        precision = "bf16-mixed" if attached_trainer(self) is None else str(self.trainer.precision)
        if precision.startswith("16"):
            raise ConfigError(
                "`trainer.precision` bf16-mixed, bf16-true or 32-true",
                f"{precision}",
                "Gemma 3 and later overflow in float16. Use bf16-mixed, or 32-true on a GPU without bfloat16 (T4).",
            )
        return torch.bfloat16 if precision.startswith("bf16") else torch.float32

    @functools.cached_property
    def flops(self) -> ModelFlops:
        """The arithmetic that training needs, by token, pair of tokens and supervised position."""
        return model_flops(self.model)

    @property
    def asked_reference(self) -> bool:
        """Whether the last batch's reference was computed, rather than absent or known from before."""
        return self._reference is not None and self._reference.asked

    # Loss

    def hidden_states(self, batch: PackedBatch) -> Tensor:
        """The decoder's last hidden states [B, T, D]; documents of a row do not see each other."""
        return hidden_states(self.model, batch)

    def pair_log_probs(self, batch: PreferenceBatch) -> PairLogProbs:
        """The log-probabilities of chosen and rejected completions in one forward pass; no reference."""
        share = can_share_prompts(self._backend, self.device.type)
        return score_pairs(self.model, batch, chunk_size=self.settings.loss_chunk, share_prompts=share)

    def _loss(self, batch: PackedBatch | PreferenceBatch) -> tuple[Tensor, int, dict[str, Tensor]]:
        """The summed loss, the number of its terms (supervised tokens, or pairs), and the means to log."""
        if isinstance(batch, PreferenceBatch) != (self.settings.objective == "dpo"):
            raise ConfigError(
                f"batches for `model.objective: {self.settings.objective}`",
                type(batch).__name__,
                "Give MathDataModule the same `objective` (a config file does that by itself).",
            )
        if isinstance(batch, PreferenceBatch):
            return self._preference_loss(batch)
        loss, num_supervised = score_solutions(self.model, batch, chunk_size=self.settings.loss_chunk)
        return loss, num_supervised, {"loss": loss.detach() / num_supervised}

    def _preference_loss(self, batch: PreferenceBatch) -> tuple[Tensor, int, dict[str, Tensor]]:
        # First: while the reference stands in the weights' places, no graph may hold them.
        reference = self._reference.log_probs(self.model, batch, self.pair_log_probs) if self._reference else None
        pairs = self.pair_log_probs(batch)
        if reference is not None:
            chosen, rejected = reference.to(pairs.chosen).unbind(1)
            pairs = pairs._replace(reference_chosen=chosen, reference_rejected=rejected)
        loss, metrics = preference_loss(
            pairs,
            self.preference.weights,
            beta=self.preference.beta,
            label_smoothing=self.preference.label_smoothing,
            simpo_margin=self.preference.simpo_margin,
        )
        return loss * len(pairs.chosen), len(pairs.chosen), metrics

    def training_step(self, batch: PackedBatch | PreferenceBatch, batch_idx: int) -> Tensor:
        """The SUM of the loss: `on_before_optimizer_step` divides by the window's supervised tokens, or pairs."""
        loss, count, means = self._loss(batch)
        if _is_repeat(self.trainer.train_dataloader, batch_idx):
            loss, count = loss * 0, 0
        means, total = self._of_all_processes(means, count)
        if not torch.isfinite(means["loss"]):
            raise TrainingError(
                "a finite loss",
                f"{means['loss'].item()} at step {self.global_step}, batch {batch_idx}",
                "Lower `model.learning_rate`; on Gemma 3 and later never train in float16.",
            )
        self._window_count += count
        self._log_means("train", means, total)
        return loss

    def _of_all_processes(self, means: dict[str, Tensor], count: int) -> tuple[dict[str, Tensor], int]:
        """The means over the tokens, or pairs, of all processes, and their number; the same on each process."""
        if self.trainer.world_size == 1:
            return means, count
        weighted = [mean.float() * count if count else torch.zeros((), device=self.device) for mean in means.values()]
        sums = torch.stack([*weighted, torch.tensor(float(count), device=self.device)])
        *summed, total = self.trainer.strategy.reduce(sums, reduce_op="sum")
        return {name: value / total for name, value in zip(means, summed, strict=True)}, int(total)

    def _log_means(self, stage: str, means: dict[str, Tensor], count: int) -> None:
        """Log means over `count` tokens or pairs, each batch with its weight."""
        for name, mean in means.items():
            bar, sync = name in ("loss", "rewards/accuracy"), stage != "train"  # Lightning warns where it does not sync
            self.log(f"{stage}/{name}", mean, prog_bar=bar, batch_size=count, sync_dist=sync)

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Turn summed gradients into those of the mean over the window's supervised tokens, or pairs, of all processes.

        Lightning divided each micro-batch by `accumulate_grad_batches`, and DDP averaged over the processes; both are
        undone. Runs before clipping.

        Raises:
            TrainingError: a gradient is not finite; the weights are as they were.
        """
        count = torch.tensor(float(self._window_count), device=self.device)
        if self.trainer.world_size > 1:
            count = self.trainer.strategy.reduce(count, reduce_op="sum")
        scale = self.trainer.accumulate_grad_batches * self.trainer.world_size / count.item()
        gradients = [weight.grad for weight in self.trained_weights().values() if weight.grad is not None]
        multiply_each(gradients, scale)
        norm = torch.nn.utils.get_total_norm(gradients)
        norm = getattr(norm, "full_tensor", lambda: norm)()  # of sharded gradients it is the norm of a part
        if not torch.isfinite(norm):
            raise TrainingError(
                "finite gradients",
                f"a norm of {norm.item()} before step {self.global_step + 1}",
                "Lower `model.learning_rate`.",
            )
        self._window_count = 0

    def validation_step(self, batch: PackedBatch | PreferenceBatch, batch_idx: int) -> None:
        """Log the loss, weighted by supervised tokens, or pairs."""
        self._evaluate("val", batch, _is_repeat(self.trainer.val_dataloaders, batch_idx))

    def test_step(self, batch: PackedBatch | PreferenceBatch, batch_idx: int) -> None:
        """Log the loss, weighted by supervised tokens, or pairs."""
        self._evaluate("test", batch, _is_repeat(self.trainer.test_dataloaders, batch_idx))

    def _evaluate(self, stage: str, batch: PackedBatch | PreferenceBatch, repeated: bool) -> None:
        _, count, means = self._loss(batch)
        self._log_means(stage, *self._of_all_processes(means, 0 if repeated else count))

    # Solutions

    def predict_step(self, batch: Sequence[Row], batch_idx: int) -> list[str]:
        """One solution for each row."""
        return self.generate_solutions([row.prompt for row in batch])

    def generate_solutions(self, questions: Sequence[Prompt], max_new_tokens: int | None = None) -> list[str]:
        """Solve problems greedily, in the order given.

        Args:
            questions: Vietnamese problem texts. Instead of a text, a conversation (turns, the last one the user's) asks with
                its system text and earlier turns.
            max_new_tokens: Where a solution is cut; the module's own by default.

        Returns:
            The solutions, without control tokens. Training mode and RNG are left as they were.
        """
        self.configure_model()
        return generate(
            self.model,
            self.tokenizer,
            questions,
            max_new_tokens=max_new_tokens or self.settings.max_new_tokens,
            batch_size=self.settings.generation_batch_size,
        )

    # Optimizer

    def configure_optimizers(self) -> Any:
        """AdamW over the trained weights; the learning rate changes every step."""
        from transformers import get_scheduler

        settings = self.settings
        weights = list(self.trained_weights().values())
        options = {"lr": settings.learning_rate, "betas": settings.betas, "weight_decay": settings.weight_decay}
        optimizer: torch.optim.Optimizer = torch.optim.AdamW(weights, **options)
        if settings.optimizer == "adamw_8bit":
            from bitsandbytes.optim import AdamW8bit

            optimizer = AdamW8bit(weights, **options)
        steps = self.trainer.estimated_stepping_batches
        if not isinstance(steps, int):
            raise ConfigError("a run that ends", "neither max_steps nor max_epochs", "Set `trainer.max_steps` or `max_epochs`.")
        name = "constant_with_warmup" if settings.schedule == "constant" else settings.schedule
        schedule = get_scheduler(
            name, optimizer, num_warmup_steps=round(settings.warmup_share * steps), num_training_steps=steps
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    # Checkpoints

    def trained_weights(self) -> dict[str, torch.nn.Parameter]:
        """The weights that training changes, by name: the adapter's, or all with `finetune: full`."""
        return {name: weight for name, weight in self.named_parameters() if weight.requires_grad}

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """The trained weights only: the frozen base stays out of checkpoints."""
        weights = self.trained_weights().items()
        return {prefix + name: weight if keep_vars else weight.detach() for name, weight in weights}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = False, assign: bool = False) -> Any:
        """Load the trained weights; the base is not missed."""
        keys = super().load_state_dict(state_dict, strict=False, assign=assign)
        keys.missing_keys[:] = [name for name in keys.missing_keys if name in self.trained_weights()]
        return keys

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Say which base, and which reference, the weights belong to; keep the gradients of a window under way."""
        checkpoint["base"] = self.settings.model_name
        if attached_trainer(self) is not None:  # a Trainer may save a module that it never trained
            strategy, processes = self.trainer.strategy, self.trainer.world_size
            if window := window_under_way(self.trained_weights(), self._window_count, strategy.broadcast, processes):
                checkpoint["window"] = window
        if self._reference:
            self._reference.save()
            adapter = self.settings.adapter
            checkpoint["reference"] = {"adapter": adapter, "digest": adapter_digest(adapter)}

    def on_fit_end(self) -> None:
        """Keep what was computed of the reference for the next run on these pairs."""
        if self._reference:
            self._reference.save()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Prove that the checkpoint holds exactly the weights that this module trains, and has its reference.

        Raises:
            CheckpointError: other names or shapes: another base, rank or set of targets; or another reference.
        """
        reference, adapter = checkpoint.get("reference"), self.settings.adapter
        if self._reference and reference and reference["digest"] != adapter_digest(adapter):
            raise CheckpointError(
                f"a checkpoint whose reference is `model.adapter: {adapter}` as it is now",
                f"one trained against `model.adapter: {reference['adapter']}` with other weights",
                "Give the `model.adapter` of that run, unchanged.",
            )
        expected = {name: tuple(weight.shape) for name, weight in self.trained_weights().items()}
        # ModelParallelStrategy has loaded the weights already, and taken them out.
        found = {name: tuple(weight.shape) for name, weight in checkpoint.get("state_dict", self.trained_weights()).items()}
        if expected != found:
            differing = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
            raise CheckpointError(
                f"the {len(expected)} trained weights of {self.settings.model_name!r} with these settings",
                f"{len(found)} weights of {checkpoint.get('base')!r}, of which {len(differing)} differ, "
                f"the first {differing[0]}: {found.get(differing[0])} instead of {expected.get(differing[0])}",
                "Give the config that this checkpoint was trained with (config.yaml in its run folder).",
            )
        self._window = checkpoint.get("window")

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        """Take up the gradients of the window in whose middle a resumed checkpoint was saved; Lightning has cleared them."""
        if self._window:
            trainer = self.trainer
            self._window_count = take_up(self._window, self.trained_weights(), trainer.global_rank, trainer.world_size)
        self._window = None


def _is_repeat(loader: Any, batch_idx: int) -> bool:
    """Whether this process only has the batch because it would be idle otherwise (`data/order.py`): it shall not count."""
    is_repeat = getattr(getattr(loader, "sampler", None), "is_repeat", None)
    return is_repeat is not None and is_repeat(batch_idx)
