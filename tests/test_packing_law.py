"""Law 5: the logits of a document are the same packed and alone, on every Gemma, and each of the three conditions is needed."""

import pytest
import torch

from tests.tiny import FAMILIES, SLIDING_WINDOW, VOCAB_SIZE, tiny_gemma

LENGTHS = (5, 21, 12)
PADDING = 3
EVERY_MODEL = pytest.mark.parametrize("family", FAMILIES)
EVERY_ATTENTION = pytest.mark.parametrize("attention", ["sdpa", "eager"])


def documents():
    generator = torch.Generator().manual_seed(0)
    return [torch.randint(9, VOCAB_SIZE, (1, length), generator=generator) for length in LENGTHS]


def packed_logits(model, **violation):
    """Three documents and a padded tail in one row, as PackedBatch lays them out; `violation` breaks a condition."""
    input_ids = torch.cat([*documents(), torch.zeros(1, PADDING, dtype=torch.int64)], dim=1)
    position_ids = torch.cat([torch.arange(length) for length in (*LENGTHS, *[1] * PADDING)])[None]
    conditions = {"position_ids": position_ids, "attention_mask": None, "use_cache": False}
    return model(input_ids=input_ids, **(conditions | violation)).logits[0]


def distances(model, logits):
    """For each document, the largest distance of a logit to that of the document alone."""
    alone = [model(input_ids=document, use_cache=False).logits[0] for document in documents()]
    pieces = logits[: sum(LENGTHS)].split(LENGTHS)
    return [(piece - other).abs().max().item() for piece, other in zip(pieces, alone, strict=True)]


def load(family, attention):
    model = tiny_gemma(family)
    model.set_attn_implementation(attention)
    return model


@torch.no_grad()
@EVERY_MODEL
@EVERY_ATTENTION
def test_packed_logits_equal_separate_ones(family, attention):
    assert max(LENGTHS) > SLIDING_WINDOW > min(LENGTHS)
    model = load(family, attention)
    assert max(distances(model, packed_logits(model))) < 2e-5


@torch.no_grad()
@EVERY_MODEL
@EVERY_ATTENTION
@pytest.mark.parametrize(
    "violation",
    [
        pytest.param({"position_ids": torch.arange(sum(LENGTHS) + PADDING)[None]}, id="positions that do not restart"),
        pytest.param({"attention_mask": torch.ones(1, sum(LENGTHS) + PADDING, dtype=torch.int64)}, id="an all-ones mask"),
        pytest.param({"use_cache": True}, id="a cache"),
    ],
)
def test_a_broken_condition_leaks(family, attention, violation):
    model = load(family, attention)
    first, *later = distances(model, packed_logits(model, **violation))
    assert first < 2e-5  # nothing precedes the first document
    assert min(later) > 0.05


@EVERY_MODEL
def test_gradients_stay_within_the_document(family):
    """The last document's logits depend on the last document's embeddings only."""
    model = tiny_gemma(family)
    embeddings = model.get_input_embeddings()
    captured = []
    handle = embeddings.register_forward_hook(lambda module, inputs, output: captured.append(output) or output.retain_grad())
    packed_logits(model)[sum(LENGTHS[:2]) : sum(LENGTHS)].square().sum().backward()
    handle.remove()
    largest = [part.abs().max().item() for part in captured[0].grad[0].split((*LENGTHS, PADDING))]
    assert largest[2] > 1.0
    assert largest[0] == largest[1] == largest[3] == 0.0
