"""Law 5 as preflight asks it: sound backends pass on every Gemma, each way of leaking is refused."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mathpal_lightning.checks.leak import check_documents, check_pairs
from mathpal_lightning.errors import ModelError
from mathpal_lightning.model import MathPalModule
from mathpal_lightning.model.generate import evaluation_mode, text_decoder, training_mode
from mathpal_lightning.schema import Encoded, EncodedGroup, EncodedPair, PackedBatch
from tests.tiny import FAMILIES, Family


def loaded(folder: Path, kind: type[MathPalModule] = MathPalModule) -> MathPalModule:
    module = kind(str(folder), backend="transformers", bits=16, lora_r=4)
    module.configure_model()
    return module


def documents() -> list[Encoded]:
    generator = torch.Generator().manual_seed(0)
    ids = [[2, *torch.randint(9, 500, (length,), generator=generator).tolist()] for length in (12, 30, 20)]
    return [Encoded(one, [-100, *one[1:]]) for one in ids]


def pairs() -> list[EncodedPair]:
    made = []
    for document, cut in zip(documents(), (4, 12, 8), strict=True):
        ids = document.input_ids
        middle = (len(ids) + cut) // 2
        segments = [0] * cut + [1] * (middle - cut) + [2] * (len(ids) - middle)
        made.append(EncodedPair(ids, [*[-100] * cut, *ids[cut:]], segments))
    return made


def groups() -> list[EncodedGroup]:
    made = []
    for pair in pairs():
        third = [17, 18, 19]
        ids, segments = [*pair.input_ids, *third], [*pair.segment_ids, 3, 3, 3]
        made.append(EncodedGroup(ids, [*pair.labels, *third], segments, [0.0] * len(ids), [1, 2, 3]))
    return made


class AllOnes(MathPalModule):
    """A backend that hands the decoder an all-ones mask, as collators of padded batches do."""

    def hidden_states(self, batch):
        mask = torch.ones_like(batch.input_ids)
        return text_decoder(self.model)(
            input_ids=batch.input_ids, position_ids=batch.position_ids, attention_mask=mask, use_cache=False
        ).last_hidden_state


class WithCache(MathPalModule):
    """A backend that keeps a cache, as transformers does by default."""

    def hidden_states(self, batch):
        return text_decoder(self.model)(
            input_ids=batch.input_ids, position_ids=batch.position_ids, use_cache=True
        ).last_hidden_state


@pytest.mark.parametrize("family", FAMILIES)
def test_documents_and_pairs_that_are_apart_pass(family: Family, gemma_folder: Callable[[Family], Path]):
    module = loaded(gemma_folder(family))
    with evaluation_mode(module.model):
        several = (check_pairs(module, made, 0, "transformers") for made in (pairs(), groups()))
        for finding in (check_documents(module, documents(), 0), *several):
            assert finding.level == "ok"
            assert "when made to leak" in finding.found


class LeakingRows(MathPalModule):
    """A backend that finds the documents of a batch's first row only."""

    def hidden_states(self, batch):
        numbers = torch.arange(batch.position_ids.shape[1]).expand_as(batch.position_ids)
        first = torch.arange(len(numbers))[:, None] == 0
        return super().hidden_states(batch._replace(position_ids=torch.where(first, batch.position_ids, numbers)))


class LeakingInTraining(MathPalModule):
    """A backend whose compiled layers, which only training uses, see the whole row."""

    def hidden_states(self, batch):
        if self.model.training:
            batch = batch._replace(position_ids=torch.arange(batch.position_ids.shape[1]).expand_as(batch.position_ids))
        return super().hidden_states(batch)


class LeakingWhenWide(MathPalModule):
    """A backend with another kernel for wide rows."""

    def hidden_states(self, batch):
        if (width := batch.position_ids.shape[1]) >= 128:
            batch = batch._replace(position_ids=torch.arange(width).expand_as(batch.position_ids))
        return super().hidden_states(batch)


@pytest.mark.parametrize(
    ("kind", "rows", "width"), [(LeakingRows, 4, 80), (LeakingInTraining, 1, None), (LeakingWhenWide, 1, 128)]
)
def test_the_check_looks_where_training_is(kind: type[MathPalModule], rows: int, width: int | None, gemma3_folder: Path):
    module = loaded(gemma3_folder, kind)
    with evaluation_mode(module.model):
        assert check_documents(module, documents(), 0).level == "ok", "as it was looked for before"
    with training_mode(module.model), pytest.raises(ModelError, match="attend to each other"):
        check_documents(module, documents(), 0, rows, width)


def test_the_mode_of_training_draws_nothing_and_is_left_as_it_was(gemma3_folder: Path):
    module = MathPalModule(str(gemma3_folder), backend="transformers", bits=16, lora_r=4, lora_dropout=0.5)
    module.configure_model()
    module.model.get_base_model().eval()
    before = [part.training for part in module.modules()]
    state = torch.get_rng_state()
    with training_mode(module.model), torch.no_grad():
        with torch.enable_grad():
            assert check_documents(module, documents(), 0, 2, 96).level == "ok"
        assert module.model.training
    assert [part.training for part in module.modules()] == before
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("kind", [AllOnes, WithCache])
def test_a_backend_that_leaks_is_refused(kind: type[MathPalModule], gemma3_folder: Path):
    module = loaded(gemma3_folder, kind)
    with evaluation_mode(module.model), pytest.raises(ModelError, match="attend to each other"):
        check_documents(module, documents(), 0)


def test_pairs_without_their_mask_are_refused(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    module = loaded(gemma3_folder)
    monkeypatch.setattr("mathpal_lightning.checks.leak.attention_masks", lambda *arguments: None)
    with evaluation_mode(module.model), pytest.raises(ModelError, match="one prompt for all"):
        check_pairs(module, pairs(), 0, "transformers")


def test_a_row_that_cannot_show_a_leak_is_no_proof(gemma3_folder: Path):
    """A decoder that sees only its own token is the same packed, alone and leaking."""

    class Blind(MathPalModule):
        def hidden_states(self, batch):
            return self.model.get_input_embeddings()(batch.input_ids)

    finding = check_documents(loaded(gemma3_folder, Blind), documents(), 0)
    assert finding.level == "warning"


@pytest.mark.parametrize(
    ("device", "shapes"), [("cuda", {(2, 80)}), ("cpu", {(1, 13), (1, 31), (1, 21), (2, 80)})], ids=["card", "cpu"]
)
def test_on_a_card_every_row_has_the_shape_of_training(device: str, shapes: set[tuple[int, int]], monkeypatch):
    """So that compiled kernels are compiled once, and training uses the same. States are each document's own ids here."""
    monkeypatch.setattr("mathpal_lightning.checks.leak.move_data_to_device", lambda batch, device: batch)
    seen = set()

    def states(batch: PackedBatch) -> torch.Tensor:
        seen.add(tuple(batch.input_ids.shape))
        return torch.stack([batch.input_ids, batch.position_ids], 2).float()

    module: Any = SimpleNamespace(device=torch.device(device), hidden_states=states)
    check_documents(module, documents(), 0, rows=4, width=80)
    assert seen == shapes


class Recording(MathPalModule):
    """Keeps the positions of every batch."""

    def hidden_states(self, batch: PackedBatch) -> torch.Tensor:
        self.__dict__.setdefault("seen", []).append(batch.position_ids)
        return super().hidden_states(batch)


def test_a_row_of_any_length_is_checked_in_seconds(gemma3_folder: Path):
    """Attention over 100,000 positions made to be one document took minutes; padding is no part of it."""
    module = loaded(gemma3_folder, Recording)
    assert "error" not in check_documents(module, documents(), 0, 1, 100_000).level
    widths = [positions.shape[1] for positions in module.seen]
    assert max(widths) == 4096
    leaking = module.seen[-1][0]
    assert leaking[:65].tolist() == list(range(65))
    assert not leaking[65:].any()
