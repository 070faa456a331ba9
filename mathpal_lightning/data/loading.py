"""The loader of a split's batches, and the tokenizer that a data module takes if it was given none."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

import torch
from lightning.pytorch import Trainer
from transformers import PreTrainedTokenizerBase

from mathpal_lightning.data.collate import collate, collate_pairs
from mathpal_lightning.data.dataset import PackDataset
from mathpal_lightning.data.order import PackLoader, PackOrder
from mathpal_lightning.data.settings import DataSettings
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import PackedBatch, PreferenceBatch


def pack_loader(
    packs: PackDataset, order: PackOrder, settings: DataSettings, pad_token_id: int, *, draws: bool = False
) -> PackLoader:
    """The loader of one split.

    Args:
        packs: the documents of the split.
        order: which packs each batch of this process has.
        settings: of the data module.
        pad_token_id: the id behind the last document of a row.
        draws: the batches are numbers of problems, for which the module draws solutions (`objective: grpo`).
    """
    if settings.num_workers:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")  # else each forked worker warns
    collate_rows: Callable[..., PackedBatch | PreferenceBatch] = collate_pairs if settings.objective == "dpo" else collate
    width = settings.max_length if settings.packing else None
    return PackLoader(
        range(len(packs)) if draws else packs,  # type: ignore[arg-type]  # the type of a torch loader is that of its items; ours is that of its batches
        batch_size=order.batch_size,
        sampler=order,
        collate_fn=list if draws else partial(collate_rows, pad_token_id=pad_token_id, width=width),
        num_workers=0 if draws else settings.num_workers,
        generator=torch.Generator(),  # making an iterator draws a number, which must not come from the generator of dropout
    )


def tokenizer_of_module(trainer: Trainer | None) -> PreTrainedTokenizerBase:
    """The tokenizer of the module that a Trainer trains.

    Raises:
        ConfigError: there is no Trainer, or its module has no tokenizer.
    """
    found: PreTrainedTokenizerBase | None = getattr(trainer.lightning_module, "tokenizer", None) if trainer else None
    if found is None:
        raise ConfigError(
            "a tokenizer",
            "neither `tokenizer` of the data nor a `tokenizer` of the module",
            "Set data.tokenizer to the base model's folder or Hub id.",
        )
    return found
