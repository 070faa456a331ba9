"""Compiled decoder layers: training goes through them, solving does not, and torch traces a layer with LoRA in one graph."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from mathpal_lightning.model.block_sparse import use_blocks
from mathpal_lightning.model.compiled import can_compile, compile_layers
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.load import checkpoint_activations
from mathpal_lightning.model.scoring import hidden_states, score_solutions
from tests.model.test_block_sparse import batch, by_pairs
from tests.model.test_lean import lora_gemma
from tests.tiny import VOCAB_SIZE, Family

ROWS = batch((20, 60), width=90)


@pytest.mark.parametrize("family", ["gemma2", "gemma3"])
@pytest.mark.parametrize("recomputed", [False, True])
def test_training_calls_the_compiled_code_once_a_layer(family: Family, recomputed: bool, monkeypatch: pytest.MonkeyPatch):
    calls: list[object] = []

    def noting(forward: Callable[..., Any]) -> Callable[..., Any]:
        return lambda layer, *arguments, **options: calls.append(layer) or forward(layer, *arguments, **options)

    monkeypatch.setattr(torch, "compile", noting)
    model: Any = lora_gemma(family, torch.float32, lean=False)
    expected = score_solutions(model, ROWS, 64)[0]
    compile_layers(model)
    checkpoint_activations(model, recomputed)
    found = score_solutions(model, ROWS, 64)[0]
    assert torch.equal(found, expected)
    layers = list(text_decoder(model).layers)
    assert calls == layers
    found.backward()
    assert calls == layers + (layers[::-1] if recomputed else [])
    calls.clear()
    assert torch.equal(score_solutions(model.eval(), ROWS, 64)[0], expected)
    model.generate(torch.full((1, 9), VOCAB_SIZE - 1), max_new_tokens=2, do_sample=False, use_cache=True)
    assert not calls


def test_the_families_are_those_with_lean_layers():
    named = ("gemma2", "gemma3_text", "gemma3n_text", "gemma4_text", "llama")
    assert [name for name in named if can_compile(name)] == ["gemma2", "gemma3_text"]


@pytest.mark.slow
def test_a_layer_with_an_adapter_and_blocks_is_one_graph_and_is_compiled_once(monkeypatch: pytest.MonkeyPatch):
    """Dynamo's own part of compiling runs on a CPU: no graph breaks, and batches of other contents bring no new graph."""
    from torch._dynamo.testing import CompileCounter

    monkeypatch.setattr("mathpal_lightning.model.block_sparse.flex_attention", by_pairs)
    counter, compile_ = CompileCounter(), torch.compile
    monkeypatch.setattr(torch, "compile", lambda function: compile_(function, backend=counter, fullgraph=True))
    model: Any = lora_gemma("gemma3", torch.float32, lean=False)
    use_blocks(model)
    rows = [batch((20, 60), width=128), batch((7, 50, 40), width=128), batch((100, 20), width=128)]
    expected = [hidden_states(model, each).detach() for each in rows]
    compile_layers(model)
    for number, each in enumerate(rows):
        torch.testing.assert_close(hidden_states(model, each).detach(), expected[number], rtol=1e-4, atol=1e-4)
        assert counter.frame_count == 2  # sliding and full attention
