"""Greedy solutions: batched equals alone, merged equals unmerged, and nothing of the model is changed."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from peft.tuners.lora import LoraLayer

from mathpal_lightning import MathPalModule
from mathpal_lightning.chat import GEMMA_3, chat_format, generation_prompt, stop_token_ids
from mathpal_lightning.data.encode import encode_rows
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.generate import evaluation_mode, generate_batch, merged_linears, prompt_ids
from mathpal_lightning.schema import Row, Turn
from tests.tiny import FAMILIES, Family, tiny_tokenizer

QUESTIONS = ["2 + 3 = ?", "Lan có 24 quả cam, mẹ cho thêm 18 quả cam. Hỏi Lan có bao nhiêu quả?", "Tìm x biết 2x = 8."]


@pytest.fixture
def module(gemma3_folder: Path) -> MathPalModule:
    return with_an_effect(MathPalModule(str(gemma3_folder), backend="transformers", bits=4, lora_r=4))


def with_an_effect(module: MathPalModule) -> MathPalModule:
    """Load the weights and give the adapter a visible effect."""
    torch.manual_seed(0)
    module.configure_model()
    for name, weight in module.trained_weights().items():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.3)
    return module


def test_batched_equals_alone(module: MathPalModule):
    module.model.float()
    together = module.generate_solutions(QUESTIONS, max_new_tokens=12)
    assert together == [module.generate_solutions([question], max_new_tokens=12)[0] for question in QUESTIONS]
    assert any(together)


def test_equals_the_plain_loop_without_cache(module: MathPalModule):
    module.model.float().eval()
    tokenizer = module.tokenizer
    ids = tokenizer(generation_prompt(GEMMA_3, [Turn("user", QUESTIONS[0])]))["input_ids"]
    start, stops = len(ids), stop_token_ids(tokenizer)
    with torch.no_grad(), merged_linears(module.model):
        for _ in range(12):
            token = int(module.model(torch.tensor([ids])).logits[0, -1].argmax())
            if token in stops:
                break
            ids.append(token)
    expected = tokenizer.decode(ids[start:], skip_special_tokens=True).strip()
    assert module.generate_solutions(QUESTIONS[:1], max_new_tokens=12) == [expected]


def test_a_conversation_is_asked_with_the_ids_that_training_saw(tmp_path: Path):
    tokenizer = tiny_tokenizer(tmp_path, "gemma3")
    chat = (Turn("system", "Ngắn gọn."), Turn("user", "1 + 1 = ?"), Turn("assistant", "2"), Turn("user", "Cộng thêm 3?"))
    trained = encode_rows(tokenizer, [Row((*chat, Turn("assistant", "5")))])[0].input_ids
    asked = prompt_ids(tokenizer, [chat, "Cộng thêm 3?"])
    with pytest.raises(ConfigError, match=r"a list of questions, but found the text 'Cộng thêm 3\?'"):
        prompt_ids(tokenizer, "Cộng thêm 3?")
    assert trained[: len(asked[0])] == asked[0]
    assert len(asked[0]) > len(asked[1]) + 10
    assert prompt_ids(tokenizer, [chat[3:]]) == asked[1:]


@pytest.mark.parametrize("dora", [False, True])
@pytest.mark.parametrize("family", FAMILIES)
def test_merged_layers_compute_what_the_adapter_does(family: Family, dora: bool, gemma_folder: Callable[[Family], Path]):
    module = with_an_effect(MathPalModule(str(gemma_folder(family)), backend="transformers", bits=16, lora_r=4, lora_dora=dora))
    module.model.float()
    ids = torch.tensor([[2, *range(20, 60)]])
    with evaluation_mode(module.model):
        unmerged = module.model(ids).logits
        with merged_linears(module.model):
            assert not [child for child in module.model.modules() if isinstance(child, LoraLayer)]
            merged = module.model(ids).logits
        assert [child for child in module.model.modules() if isinstance(child, LoraLayer)]
        with module.model.disable_adapter():
            base = module.model(ids).logits
    torch.testing.assert_close(merged, unmerged, atol=1e-3, rtol=1e-3)
    assert (base - unmerged).abs().max() > 0.1


def test_nothing_is_left_changed(module: MathPalModule):
    module.train()
    module.model.get_submodule("base_model.model.model.layers.0").eval()
    layers = {name: id(child) for name, child in module.named_modules()}
    modes = {name: child.training for name, child in module.named_modules()}
    weights = {name: weight.clone() for name, weight in module.named_parameters()}
    state = torch.get_rng_state()
    module.generate_solutions(QUESTIONS, max_new_tokens=3)
    assert {name: id(child) for name, child in module.named_modules()} == layers
    assert {name: child.training for name, child in module.named_modules()} == modes
    assert all(torch.equal(weight, weights[name]) for name, weight in module.named_parameters())
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("family", FAMILIES)
def test_equals_the_library_s_own_generate(family: Family, gemma_folder: Callable[[Family], Path]):
    module = with_an_effect(MathPalModule(str(gemma_folder(family)), backend="transformers", bits=16, lora_r=4))
    model, tokenizer = module.model.float().eval(), module.tokenizer
    form, stops = chat_format(tokenizer), stop_token_ids(tokenizer)
    for question in QUESTIONS:
        ids = tokenizer(generation_prompt(form, [Turn("user", question)]), return_tensors="pt")["input_ids"]
        options = {"max_new_tokens": 20, "do_sample": False, "use_cache": True, "eos_token_id": stops, "pad_token_id": 0}
        reference = model.generate(input_ids=ids, **options)[0, ids.shape[1] :]
        expected = tokenizer.decode(reference, skip_special_tokens=True).strip()
        assert module.generate_solutions([question], max_new_tokens=20) == [expected]


def test_a_finished_row_leaves_the_batch_and_the_others_go_on(module: MathPalModule, monkeypatch: pytest.MonkeyPatch):
    module.model.float()
    prompts = [[2, *range(20, 30)], [2, *range(40, 65)], [2, 70]]

    def generated() -> list[list[int]]:
        with evaluation_mode(module.model):
            return generate_batch(module.model, module.tokenizer, prompts, max_new_tokens=12, rows=3)

    whole = generated()
    assert [len(ids) for ids in whole] == [12, 12, 12]
    stop = next(token for token in whole[0][3:] if token not in whole[0][:3] and token not in whole[1])
    monkeypatch.setattr("mathpal_lightning.model.generate.stop_token_ids", lambda tokenizer: [stop])
    cut = generated()
    assert cut[0] == whole[0][: whole[0].index(stop)]
    assert cut[1] == whole[1]


def test_order_and_number_are_kept(module: MathPalModule):
    module.hparams.generation_batch_size = 2
    assert len(module.generate_solutions(QUESTIONS * 2, max_new_tokens=2)) == 6
    assert module.generate_solutions([], max_new_tokens=2) == []
