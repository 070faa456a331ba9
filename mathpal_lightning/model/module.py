"""The LightningModule: a Gemma base with LoRA, the SFT objective, and greedy solutions."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from lightning.pytorch import LightningModule
from torch import Tensor

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.errors import CheckpointError, ConfigError, TrainingError
from mathpal_lightning.losses import sft_loss
from mathpal_lightning.model.generate import generate, text_decoder
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
from mathpal_lightning.model.resolve import OFFLINE_GEMMA, resolve_model
from mathpal_lightning.schema import PackedBatch, Row

LORA_TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")

log = logging.getLogger(__name__)


class MathPalModule(LightningModule):
    """A Gemma that learns to solve problems.

    Weights load in `configure_model`, so that a config parses on any machine. Gradients are those of the mean over all
    supervised tokens of an accumulation window, whatever the sizes of its micro-batches.

    Args:
        model_name: "offline-gemma", a local folder or .gguf file, or a Hub id.
        adapter: A PEFT folder to go on from; rank, alpha and targets are then the adapter's own.
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
        learning_rate: The highest of the schedule.
        optimizer: `adamw`, or `adamw_8bit` (bitsandbytes, a quarter of the optimizer memory).
        weight_decay: Of AdamW.
        betas: Of AdamW.
        schedule: After warm-up: down to zero as a `cosine` or `linear`, or `constant`.
        warmup_share: Share of all steps in which the learning rate rises from zero, in [0, 1).
        loss_chunk: Supervised tokens scored at a time; the logits of a chunk are the loss's only large tensor.
        max_new_tokens: Where a generated solution is cut.
        generation_batch_size: Problems solved at a time.
    """

    model: Any

    def __init__(
        self,
        model_name: str = OFFLINE_GEMMA,
        adapter: str | None = None,
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
        learning_rate: float = 2e-4,
        optimizer: Literal["adamw", "adamw_8bit"] = "adamw",
        weight_decay: float = 0.0,
        betas: tuple[float, float] = (0.9, 0.95),
        schedule: Literal["cosine", "linear", "constant"] = "cosine",
        warmup_share: float = 0.05,
        loss_chunk: int = 256,
        max_new_tokens: int = 512,
        generation_batch_size: int = 32,
    ):
        super().__init__()
        lora_targets, betas = (
            list(lora_targets),
            (betas[0], betas[1]),
        )  # plain values: a checkpoint loads with weights_only=True
        self.save_hyperparameters()
        self.strict_loading = False  # a checkpoint holds the trained weights only
        self.model = None
        self.lora = Lora(lora_r, lora_alpha, lora_dropout, tuple(lora_targets), lora_rslora, lora_dora)
        self._window_tokens = 0
        self._check_settings()

    @property
    def settings(self) -> Any:
        """The arguments of `__init__`, by name."""
        return self.hparams

    def _check_settings(self) -> None:
        """Refuse combinations that cannot work, when the config is read."""
        settings = self.settings
        if settings.finetune == "full" and settings.bits != 16:
            raise ConfigError(
                "16-bit weights for `model.finetune: full`",
                f"`model.bits: {settings.bits}`",
                "Quantised weights have no gradient: set `model.bits: 16`, or `model.finetune: lora`.",
            )
        if settings.keep_dequantized and settings.bits != 4:
            raise ConfigError(
                "4-bit weights for `model.keep_dequantized: true`", f"`model.bits: {settings.bits}`", "Leave one of them out."
            )
        if settings.finetune == "full" and settings.adapter:
            raise ConfigError(
                "no adapter for `model.finetune: full`",
                f"`model.adapter: {settings.adapter}`",
                "Merge it first (mathpal export) and name the merged folder as `model.model_name`.",
            )
        for name, low, high in (("lora_dropout", 0.0, 1.0), ("warmup_share", 0.0, 1.0)):
            if not low <= settings[name] < high:
                raise ConfigError(f"`model.{name}` in [{low:g}, {high:g})", f"{settings[name]}", "Change it.")
        for name in ("lora_r", "learning_rate", "loss_chunk", "max_new_tokens", "generation_batch_size"):
            if settings[name] <= 0:
                raise ConfigError(f"`model.{name}` above 0", f"{settings[name]}", "Change it.")

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
        settings = self.settings
        device = str(self.device if self._trainer is None else self.trainer.strategy.root_device)
        base = load_base(self.folder, self._backend, settings.bits, self._base_dtype(), device)
        if settings.keep_dequantized:
            keep_dequantized(base)
        if settings.finetune == "full":
            self.model = base.requires_grad_(True)
        else:
            adapter = Path(settings.adapter) if settings.adapter else None
            self.model = add_lora(base, self._backend, self.lora, adapter)
        self.model.train()  # it was loaded in eval mode, in which checkpointing does nothing
        if settings.gradient_checkpointing:
            checkpoint_activations(self.model)
        trained = sum(parameter.numel() for parameter in self.trained_weights().values())
        log.info(
            "%s in %d bits by %s: %.2f M weights to train", settings.model_name, settings.bits, self._backend, trained / 1e6
        )

    def _base_dtype(self) -> torch.dtype:
        """The dtype of the base, from the Trainer's precision; bfloat16 without a Trainer."""
        precision = "bf16-mixed" if self._trainer is None else str(self.trainer.precision)
        if precision.startswith("16"):
            raise ConfigError(
                "`trainer.precision` bf16-mixed, bf16-true or 32-true",
                f"{precision}",
                "Gemma 3 and later overflow in float16. Use bf16-mixed, or 32-true on a GPU without bfloat16 (T4).",
            )
        return torch.bfloat16 if precision.startswith("bf16") else torch.float32

    # Loss

    def hidden_states(self, batch: PackedBatch) -> Tensor:
        """The decoder's last hidden states [B, T, D]; documents of a row do not see each other.

        Three things together keep them apart: positions that restart, no attention mask, no cache.
        """
        return text_decoder(self.model)(
            input_ids=batch.input_ids, position_ids=batch.position_ids, attention_mask=None, use_cache=False
        ).last_hidden_state

    def _loss(self, batch: PackedBatch) -> tuple[Tensor, int]:
        """The summed loss and the number of supervised tokens."""
        softcap = getattr(self.model.config.get_text_config(), "final_logit_softcapping", None)
        head = self.model.get_output_embeddings().weight
        return sft_loss(self.hidden_states(batch), head, batch.labels, softcap=softcap, chunk_size=self.settings.loss_chunk)

    def training_step(self, batch: PackedBatch, batch_idx: int) -> Tensor:
        """The SUM of the loss: `on_before_optimizer_step` divides by the window's supervised tokens."""
        loss, num_supervised = self._loss(batch)
        if not torch.isfinite(loss):
            raise TrainingError(
                "a finite loss",
                f"{loss.item()} at step {self.global_step}, batch {batch_idx}",
                "Lower `model.learning_rate`; on Gemma 3 and later never train in float16.",
            )
        self._window_tokens += num_supervised
        self.log("train/loss", loss.detach() / num_supervised, prog_bar=True, batch_size=num_supervised)
        return loss

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Turn summed gradients into those of the mean over the window's supervised tokens of all processes.

        Lightning divided each micro-batch by `accumulate_grad_batches`, and DDP averaged over the processes; both are
        undone. Runs before clipping.
        """
        tokens = torch.tensor(float(self._window_tokens), device=self.device)
        if self.trainer.world_size > 1:
            tokens = self.trainer.strategy.reduce(tokens, reduce_op="sum")
        scale = self.trainer.accumulate_grad_batches * self.trainer.world_size / tokens.item()
        gradients = [weight.grad for weight in self.trained_weights().values() if weight.grad is not None]
        torch._foreach_mul_(gradients, scale)
        self._window_tokens = 0

    def validation_step(self, batch: PackedBatch, batch_idx: int) -> None:
        """Log the loss, weighted by supervised tokens."""
        loss, num_supervised = self._loss(batch)
        self.log("val/loss", loss / num_supervised, prog_bar=True, batch_size=num_supervised, sync_dist=True)

    def test_step(self, batch: PackedBatch, batch_idx: int) -> None:
        """Log the loss, weighted by supervised tokens."""
        loss, num_supervised = self._loss(batch)
        self.log("test/loss", loss / num_supervised, batch_size=num_supervised, sync_dist=True)

    # Solutions

    def predict_step(self, batch: Sequence[Row], batch_idx: int) -> list[str]:
        """One solution for each row."""
        return self.generate_solutions([row.question for row in batch])

    def generate_solutions(self, questions: Sequence[str], max_new_tokens: int | None = None) -> list[str]:
        """Solve problems greedily, in the order given.

        Args:
            questions: Vietnamese problem texts.
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
        """Say which base the weights belong to."""
        checkpoint["base"] = self.settings.model_name

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Prove that the checkpoint holds exactly the weights that this module trains.

        Raises:
            CheckpointError: other names or shapes: another base, rank or set of targets.
        """
        expected = {name: tuple(weight.shape) for name, weight in self.trained_weights().items()}
        found = {name: tuple(weight.shape) for name, weight in checkpoint["state_dict"].items()}
        if expected != found:
            differing = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
            raise CheckpointError(
                f"the {len(expected)} trained weights of {self.settings.model_name!r} with these settings",
                f"{len(found)} weights of {checkpoint.get('base')!r}, of which {len(differing)} differ, "
                f"the first {differing[0]}: {found.get(differing[0])} instead of {expected.get(differing[0])}",
                "Give the config that this checkpoint was trained with (config.yaml in its run folder).",
            )
