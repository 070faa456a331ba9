"""LoRA's layers: those of the text decoder by their names, and an error that lists the names where none fits."""

import pytest
from torch import nn

from mathpal_lightning.errors import ModelError
from mathpal_lightning.model.targets import text_decoder_targets

MODEL = nn.ModuleDict(
    {
        "language_model": nn.ModuleDict({"q_proj": nn.Linear(2, 2), "up_proj": nn.Linear(2, 2), "norm": nn.LayerNorm(2)}),
        "vision_tower": nn.ModuleDict({"q_proj": nn.Linear(2, 2)}),
    }
)


def test_only_linear_layers_of_the_text_decoder_are_found():
    assert text_decoder_targets(MODEL, ("q_proj", "norm")) == ["language_model.q_proj"]


@pytest.mark.parametrize("targets", [("q_porj",), ()], ids=["mistyped", "none"])
def test_names_that_fit_nothing_are_refused_with_those_that_are_there(targets: tuple[str, ...]):
    with pytest.raises(ModelError, match="only q_proj, up_proj in ModuleDict"):
        text_decoder_targets(MODEL, targets)


@pytest.mark.parametrize("targets", [("lm_head",), ("q_proj", "embed_tokens")])
def test_embedding_and_head_are_refused_before_anything_is_estimated(targets: tuple[str, ...]):
    with pytest.raises(ModelError, match=rf"found {targets[-1]}\. Leave it out: .* one weight"):
        text_decoder_targets(MODEL, targets)
