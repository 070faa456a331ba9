"""Lean layers give the same numbers and gradients, to rounding, and keep a fraction of the bytes for them."""

import itertools
import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.lean import Spans, make_lean, takes_spans
from mathpal_lightning.model.lean.attention import attend
from mathpal_lightning.model.lean.kernels import EAGER, Kernels, compiled_kernels
from mathpal_lightning.model.load import LORA_TARGETS, keep_dequantized, load_base
from mathpal_lightning.model.module import MathPalModule
from mathpal_lightning.model.scoring import hidden_states, score_solutions
from mathpal_lightning.schema import PackedBatch
from tests.losses.test_linear_cross_entropy import LargestTensor
from tests.tiny import VOCAB_SIZE, Family, tiny_gemma


def lora_gemma(family: Family, dtype: torch.dtype, lean: bool) -> torch.nn.Module:
    torch.manual_seed(0)
    model = tiny_gemma(family, hidden_size=64, intermediate_size=256).to(dtype)
    model = get_peft_model(model, LoraConfig(r=4, target_modules=list(LORA_TARGETS), init_lora_weights=False))
    if lean:
        make_lean(model)
    return model.train()


def four_bit_gemma(folder: Path, kept: bool, lean: bool) -> torch.nn.Module:
    torch.manual_seed(0)
    model = load_base(folder, "transformers", 4, torch.bfloat16, "cpu")
    if kept:
        keep_dequantized(model)
    model = get_peft_model(model, LoraConfig(r=4, target_modules=list(LORA_TARGETS), init_lora_weights=False))
    if lean:
        make_lean(model)
    return model.train()


def step(model: torch.nn.Module, autocast: bool) -> tuple[torch.Tensor, dict[str, torch.Tensor], int]:
    """The logits, the LoRA gradients, and the bytes kept between the passes, weights apart."""
    weights = {weight.untyped_storage().data_ptr() for weight in model.state_dict().values()}
    kept: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    ids = torch.randint(9, VOCAB_SIZE, (2, 64), generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            states = text_decoder(model)(input_ids=ids, use_cache=False).last_hidden_state
        logits = states @ model.get_output_embeddings().weight.T
        loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1).float(), ids[:, 1:].flatten())
    loss.backward()
    gradients = {name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None}
    return logits.detach(), gradients, sum(kept.values())


FAMILIES = pytest.mark.parametrize("family", ["gemma2", "gemma3", "gemma3n", "gemma4"])


@FAMILIES
def test_the_same_logits_and_gradients(family: Family):
    (logits, gradients, _), (lean_logits, lean_gradients, _) = (
        step(lora_gemma(family, torch.float32, lean), autocast=False) for lean in (False, True)
    )
    torch.testing.assert_close(lean_logits, logits, rtol=1e-5, atol=1e-5)
    assert max(float(gradient.norm()) for gradient in gradients.values()) > 1e-2
    for name, gradient in gradients.items():
        assert (lean_gradients[name] - gradient).norm() <= 1e-5 * gradient.norm() + 1e-6, name


@pytest.mark.parametrize("family", ["gemma2", "gemma3", "gemma3n"])
def test_in_bfloat16_as_near_to_float32_as_the_plain_layers(family: Family):
    """LoRA's update is rounded once instead of four times. (The tiny Gemma 4 multiplies any rounding by chance.)"""
    logits, gradients, _ = step(lora_gemma(family, torch.bfloat16, lean=False).float(), autocast=False)

    def errors(lean: bool) -> tuple[float, float]:
        found_logits, found, _ = step(lora_gemma(family, torch.bfloat16, lean), autocast=True)
        squares = sum(float((found[name] - gradient).square().sum()) for name, gradient in gradients.items())
        return float((found_logits - logits).norm() / logits.norm()), squares**0.5

    plain, lean = errors(False), errors(True)
    assert lean[0] <= 1.2 * plain[0]
    assert lean[1] <= 1.2 * plain[1]


def test_a_trainable_norm_learns_too():
    gradients = []
    for lean in (False, True):
        model = tiny_gemma("gemma3").requires_grad_(True)
        if lean:
            make_lean(model)
        gradients.append(step(model, autocast=False)[1])
    names = [name for name in gradients[0] if "norm" in name]
    assert len(names) > 10
    for name in names:
        torch.testing.assert_close(gradients[0][name], gradients[1][name], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("family", ["gemma2", "gemma3"])
def test_less_is_kept(family: Family):
    plain, lean = (step(lora_gemma(family, torch.bfloat16, lean), autocast=True)[2] for lean in (False, True))
    assert lean < 0.8 * plain  # on the real 270M, whose MLPs are wider, 0.4


def test_without_autocast_lora_still_computes():
    """Generation on a GPU runs LoRA layers in float32 beside a bfloat16 base, without autocast."""
    model = lora_gemma("gemma3", torch.bfloat16, lean=True).eval()
    assert next(weight for name, weight in model.named_parameters() if "lora_A" in name).dtype == torch.float32
    with torch.no_grad():
        assert model(input_ids=torch.arange(9, 19)[None], use_cache=False).logits.isfinite().all()


@pytest.mark.parametrize("kept", [False, True])
def test_four_bit_weights_compute_as_the_plain_layers_do(kept: bool, gemma3_folder: Path):
    found = [step(four_bit_gemma(gemma3_folder, kept, lean), autocast=True)[:2] for lean in (False, True)]
    (logits, gradients), (lean_logits, lean_gradients) = found
    assert (lean_logits - logits).norm() <= 0.05 * logits.norm()
    assert len(gradients) > 20
    together, apart = (
        sum(float(g.square().sum()) for g in each) ** 0.5
        for each in (gradients.values(), [lean_gradients[name] - gradient for name, gradient in gradients.items()])
    )
    assert apart <= 0.1 * together


@pytest.mark.parametrize(
    "how", [{"lora_dropout": 0.5}, {"use_dora": True}, {"use_rslora": True}], ids=["dropout", "dora", "rslora"]
)
def test_every_kind_of_lora_computes_as_peft_does(how: dict[str, Any]):
    results = []
    for lean in (False, True):
        torch.manual_seed(0)
        settings = LoraConfig(r=4, target_modules=list(LORA_TARGETS), init_lora_weights=False, **how)
        model = get_peft_model(tiny_gemma("gemma3"), settings)
        if lean:
            make_lean(model)
        torch.manual_seed(1)
        logits = step(model.train(), autocast=False)[0]
        with model.disable_adapter(), torch.no_grad():
            results.append((logits, model(input_ids=torch.arange(9, 73)[None].expand(2, -1), use_cache=False).logits))
    (logits, base), (lean_logits, lean_base) = results
    torch.testing.assert_close(lean_logits, logits, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(lean_base, base, rtol=1e-5, atol=1e-5)
    assert (logits - base).norm() > 0.1 * base.norm()  # the adapter does something


@pytest.mark.parametrize("family", ["gemma2", "gemma3"])
def test_residual_sums_are_part_of_the_norms(family: Family, monkeypatch: pytest.MonkeyPatch):
    """Two of each layer forward; backward all but that of the first norm, below which nothing learns."""
    taken = {"forward": 0, "backward": 0}

    def noting(way: str, kernel: Any, place: int) -> Any:
        def note(*arguments: Any) -> Any:
            taken[way] += len(arguments) > place and arguments[place] is not None
            return kernel(*arguments)

        return note

    noted = EAGER._replace(
        normalise=noting("forward", EAGER.normalise, 3), normalise_gradient=noting("backward", EAGER.normalise_gradient, 4)
    )
    monkeypatch.setattr("mathpal_lightning.model.lean.EAGER", noted)
    model = lora_gemma(family, torch.float32, lean=True)
    step(model, autocast=False)
    layers = model.config.num_hidden_layers
    assert taken == {"forward": 2 * layers, "backward": 2 * layers - 1}


def test_few_products_stay_prepared_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch):
    for set_by_user in ("7", None):
        monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", raising=False)
        if set_by_user:
            monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", set_by_user)
        make_lean(tiny_gemma("gemma3"))
        assert int(os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"]) == int(set_by_user or 256)


def test_compile_lets_the_layers_use_the_compiled_kernels(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    used = set()

    def noting(name: str) -> Any:
        return lambda *arguments: used.add(name) or getattr(EAGER, name)(*arguments)

    monkeypatch.setattr("mathpal_lightning.model.lean.compiled_kernels", lambda: Kernels(*map(noting, Kernels._fields)))
    for asked in (False, True):
        module = MathPalModule(str(gemma3_folder), backend="transformers", bits=16, compile=asked)
        module.configure_model()
        score_solutions(module.model, packed(9, 12, width=24), chunk_size=64)[0].backward()
        assert used == (set(Kernels._fields) if asked else set())


def packed(*lengths: int, width: int) -> PackedBatch:
    """One row of random documents, and padding."""
    generator = torch.Generator().manual_seed(0)
    positions = torch.cat([torch.arange(length) for length in lengths])
    tail = (0, width - len(positions))
    ids = torch.randint(9, VOCAB_SIZE, positions.shape, generator=generator)
    ids, positions = (torch.nn.functional.pad(tensor, tail)[None] for tensor in (ids, positions))
    return PackedBatch(ids, ids, positions)


@pytest.mark.parametrize("full", [False, True], ids=["lora", "full"])
@pytest.mark.parametrize("queries", [512, 16, 5])
def test_attention_within_documents_equals_the_masks(queries: int, full: bool, monkeypatch: pytest.MonkeyPatch):
    """Documents longer and shorter than the window of 8 and than a block of queries, and padding."""
    monkeypatch.setattr("mathpal_lightning.model.lean.attention.QUERIES", queries)
    batch = packed(30, 2, 7, 21, width=64)
    results = []
    for lean in (False, True):
        model = lora_gemma("gemma3", torch.float32, lean)
        if full:
            model.requires_grad_(True)
        assert takes_spans(model) == lean
        states = hidden_states(model, batch)[:, :60]
        (states * torch.linspace(-1, 1, states.shape[-1]) ** 3).sum().backward()
        results.append((states.detach(), [w.grad for w in model.parameters() if w.grad is not None]))
    (states, gradients), (lean_states, lean_gradients) = results
    torch.testing.assert_close(lean_states, states, rtol=1e-4, atol=1e-5)
    assert len(gradients) > 20
    for lean_gradient, gradient in zip(lean_gradients, gradients, strict=True):
        assert (lean_gradient - gradient).norm() <= 1e-4 * gradient.norm() + 1e-6


@pytest.mark.parametrize("key_heads", [1, 2, 4])
def test_heads_that_share_keys_attend_to_their_own(key_heads: int):
    """One row of a document of 9 tokens, its window 4, and one of 5; 4 heads of queries."""
    generator = torch.Generator().manual_seed(0)
    shapes = ((1, 14, 4, 8), (1, 14, key_heads, 8), (1, 14, key_heads, 8))
    inputs = [torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True) for shape in shapes]
    upstream = torch.randn(1, 14, 4, 8, generator=generator, dtype=torch.float64)
    distance = torch.arange(14)[:, None] - torch.arange(14)
    document = torch.arange(14) >= 9
    sees = (document[:, None] == document) & (distance >= 0) & (distance < 4)
    expected = torch.nn.functional.scaled_dot_product_attention(
        *(each.transpose(1, 2) for each in inputs), attn_mask=sees, scale=0.3, enable_gqa=True
    ).transpose(1, 2)
    found = attend(*inputs, Spans([(0, 0, 9), (0, 9, 14)]).blocks(4), 0.3)
    torch.testing.assert_close(found, expected)
    for own, reference in zip(*(torch.autograd.grad(each, inputs, upstream) for each in (found, expected)), strict=True):
        torch.testing.assert_close(own, reference)


def test_no_mask_over_the_row_is_made():
    model = lora_gemma("gemma3", torch.float32, lean=True)
    with LargestTensor() as seen:
        hidden_states(model, packed(*[16] * 64, width=1024))
    assert seen.elements < 1024 * 1024


def test_the_residual_stream_keeps_its_dtype():
    x, residual, weight = torch.ones(2, 8, dtype=torch.bfloat16), torch.full((2, 8), 1e-4), torch.zeros(8)
    out, _ = EAGER.normalise(x, weight, 1e-6, residual)
    torch.testing.assert_close(out, torch.full((2, 8), 1.0001))


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
def test_compiled_kernels_are_the_kernels():
    generator = torch.Generator().manual_seed(0)
    x, up, slope = (torch.randn(2, 3, 16, generator=generator) for _ in range(3))
    weight = torch.randn(16, generator=generator)
    compiled = compiled_kernels()
    _, scale = EAGER.normalise(x, weight, 1e-6)
    turns = torch.randn(2, 1, 16, generator=generator)
    for name, *arguments in (
        ("normalise", x, weight, 1e-6),
        ("normalise", x, weight, 1e-6, up),
        ("normalise_gradient", slope, x, weight, scale),
        ("normalise_gradient", slope, x, weight, scale, up),
        ("normalise_and_rotate", x, weight, 1e-6, turns.cos(), turns.sin()),
        ("normalise_and_rotate_gradient", slope, x, weight, scale, turns.cos(), turns.sin()),
        ("gate", x, up),
        ("gate_gradient", slope, x, up),
    ):
        found, expected = getattr(compiled, name)(*arguments), getattr(EAGER, name)(*arguments)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


def test_a_run_never_meets_the_limit_of_graphs(monkeypatch: pytest.MonkeyPatch):
    """Norms of two widths, trained under autocast and solved in inference mode, with as many rows as the layers are wide."""
    monkeypatch.setenv("CXX", "g++")
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="eager"))
    torch.compiler.reset()
    compiled_kernels.cache_clear()
    with torch._dynamo.config.patch(recompile_limit=8, fail_on_recompile_limit_hit=True):
        kernels = compiled_kernels()
        for rows, width in itertools.product((640, 7, 1, 256), (640, 256)):
            x, weight = torch.ones(rows, width), torch.nn.Parameter(torch.ones(width), requires_grad=False)
            for residual, solves in itertools.product((None, x), (False, True)):
                with torch.inference_mode(solves), torch.autocast("cpu", torch.bfloat16, enabled=not solves):
                    out, _ = kernels.normalise(x, weight, 1e-6, residual)
                assert out.shape == x.shape
    compiled_kernels.cache_clear()
    torch.compiler.reset()


def test_without_a_compiler_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch):
    compiled_kernels.cache_clear()
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ConfigError, match="Expected a C++ compiler.*compile: false".replace("+", r"\+")):
        make_lean(lora_gemma("gemma3", torch.float32, lean=False), compiled=True)
