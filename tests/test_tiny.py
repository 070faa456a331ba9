"""The tiny Gemmas are what they claim to be: real tokenizers, folders that load, windows and softcaps that matter."""

from pathlib import Path

import pytest
import sentencepiece
import torch
from transformers import AutoModelForCausalLM

from mathpal_lightning.chat import load_tokenizer, stop_token_ids
from mathpal_lightning.files import cache_folder
from tests.tiny import CORPUS, FAMILIES, SLIDING_WINDOW, VOCAB_SIZE, tiny_chat_format, tiny_gemma


@pytest.mark.parametrize("family", FAMILIES)
def test_tokenizer_equals_sentencepiece_and_its_turn_tokens_are_single(family, gemma_folder):
    folder = gemma_folder(family)
    tokenizer, form = load_tokenizer(folder), tiny_chat_format(family)
    reference = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    turn = f"{form.start_of_turn}user\n2 + 3 = ?{form.end_of_turn}\n"
    for text in (*CORPUS, turn, "  hai  dấu cách\n\n\n日本 x² ÷ 7"):
        ids = tokenizer(text)["input_ids"]
        assert ids == [2, *reference.encode(text)]
        assert tokenizer.decode(ids[1:]) == text
    assert len(tokenizer) == len(reference) == VOCAB_SIZE
    assert tokenizer.convert_ids_to_tokens([0, 1, 2, 3]) == ["<pad>", "<eos>", "<bos>", "<unk>"]
    assert stop_token_ids(tokenizer) == [8, 1]
    assert tokenizer.decode(tokenizer(turn)["input_ids"], skip_special_tokens=True) == "user\n2 + 3 = ?\n"


@pytest.mark.parametrize("family", FAMILIES)
def test_folder_gives_back_the_seeded_model(family, gemma_folder):
    model = AutoModelForCausalLM.from_pretrained(gemma_folder(family))
    expected = tiny_gemma(family)
    assert type(model) is type(expected)
    assert model.state_dict().keys() == expected.state_dict().keys()
    assert all(torch.equal(value, expected.state_dict()[name]) for name, value in model.state_dict().items())
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight


@pytest.mark.parametrize("family", FAMILIES)
def test_the_window_matters(family):
    ids = torch.arange(40)[None] + 100
    wide = tiny_gemma(family, sliding_window=64)(input_ids=ids, use_cache=False).logits
    narrow = tiny_gemma(family)(input_ids=ids, use_cache=False).logits
    apart = (wide - narrow).abs().amax(-1)[0]
    assert apart[:SLIDING_WINDOW].max() < 1e-4
    assert apart[SLIDING_WINDOW:].min() > 1e-2


def test_real_layer_features_are_there():
    assert tiny_gemma("gemma2").config.final_logit_softcapping
    assert tiny_gemma("gemma3n").config.final_logit_softcapping
    assert tiny_gemma("gemma3").config.final_logit_softcapping is None
    for family in ("gemma3n", "gemma4"):
        model = tiny_gemma(family)
        assert [layer.self_attn.is_kv_shared_layer for layer in model.model.layers] == [False, False, True, True]


def test_caches_are_not_the_users():
    assert cache_folder() != Path.home() / ".cache" / "mathpal"
    assert "mathpal-tests-" in str(cache_folder())
