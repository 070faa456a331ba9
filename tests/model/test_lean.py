"""Lean layers give the same bits forward, the same gradients, and keep a fraction of the bytes for them."""

import pytest
import torch
from peft import LoraConfig, get_peft_model

from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.lean import make_lean
from mathpal_lightning.model.module import LORA_TARGETS
from tests.tiny import VOCAB_SIZE, Family, tiny_gemma


def lora_gemma(family: Family, dtype: torch.dtype, lean: bool) -> torch.nn.Module:
    torch.manual_seed(0)
    model = tiny_gemma(family, hidden_size=64, intermediate_size=256).to(dtype)
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


@pytest.mark.parametrize("family", ["gemma2", "gemma3", "gemma3n", "gemma4"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 2e-2)], ids=["float32", "bfloat16"])
def test_the_same_logits_and_gradients(family: Family, dtype: torch.dtype, tolerance: float):
    (logits, gradients, _), (lean_logits, lean_gradients, _) = (
        step(lora_gemma(family, dtype, lean), autocast=dtype == torch.bfloat16) for lean in (False, True)
    )
    assert torch.equal(logits, lean_logits)
    assert max(float(gradient.norm()) for gradient in gradients.values()) > 1e-2
    for name, gradient in gradients.items():
        assert (lean_gradients[name] - gradient).norm() <= tolerance * gradient.norm() + 1e-6, name


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
    assert lean < 0.7 * plain  # on the real 270M, whose MLPs are wider, 0.4


def test_without_autocast_lora_still_computes():
    """Generation on a GPU runs LoRA layers in float32 beside a bfloat16 base, without autocast."""
    model = lora_gemma("gemma3", torch.bfloat16, lean=True).eval()
    assert next(weight for name, weight in model.named_parameters() if "lora_A" in name).dtype == torch.float32
    with torch.no_grad():
        assert model(input_ids=torch.arange(9, 19)[None], use_cache=False).logits.isfinite().all()
