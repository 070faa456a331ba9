"""A sound export passes on every family that llama.cpp loads; each classic fault is planted and must be caught."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer

from mathpal_lightning.chat import GEMMA_3, GEMMA_4, load_tokenizer
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export import Verification, merge_adapter, verify_export, write_adapter, write_gguf
from mathpal_lightning.export.verify import probe
from mathpal_lightning.export.verify.checks import check_answers, check_gguf
from mathpal_lightning.export.verify.figures import Answers, Trained
from mathpal_lightning.export.verify.measure import ask_folder, judged, measure_gguf
from mathpal_lightning.export.verify.probe import PROMPTS, make_probe
from mathpal_lightning.formats import Bounds, format_named, gguf_format
from mathpal_lightning.records import write_record
from tests.export.conftest import lora_model
from tests.tiny import Family, tiny_gemma_folder


@pytest.fixture(autouse=True)
def _short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A random model never ends by itself: 12 tokens of it are enough."""
    monkeypatch.setattr(probe, "MAX_ANSWER_TOKENS", 12)


def failed(verification: Verification) -> dict[str, str]:
    return {check.name: check.likely_cause for check in verification.checks if not check.ok}


def values(verification: Verification) -> dict[tuple[str, str], Any]:
    return {(check.artefact, check.name): check.value for check in verification.checks}


# What llama.cpp takes for granted in Gemma 3n, whatever the file says: two widths, the sparsity of the first layers, four
# sliding layers to one full, the softcap; and keys and values in layers that share them, which transformers 5 does not save.
LIKE_THE_REAL_ONE: dict[str, Any] = {
    "hidden_size_per_layer_input": 256,
    "laurel_rank": 64,
    "num_hidden_layers": 5,
    "layer_types": ["sliding_attention"] * 4 + ["full_attention"],
    "activation_sparsity_pattern": [0.95] * 5,
    "final_logit_softcapping": 30.0,
    "num_kv_shared_layers": 0,
}


@pytest.mark.parametrize("family", ["gemma2", "gemma3n", "gemma4"])
def test_a_sound_export_of_another_family_passes(family: Family, tmp_path: Path):
    own = LIKE_THE_REAL_ONE if family == "gemma3n" else {}
    base = tiny_gemma_folder(tmp_path / "base", family, **own)
    adapter = write_adapter(lora_model(base, quantized=True), tmp_path / "adapter", load_tokenizer(base))
    merged = merge_adapter(adapter, tmp_path / "merged")
    verification = verify_export(adapter, merged, [write_gguf(merged, tmp_path / "model.gguf")])
    assert failed(verification) == {}
    assert len(verification.checks) == 22
    assert values(verification)["adapter", "KL against the base without it"] > 0.05


def test_a_sound_export_passes_and_shows_its_figures(exported):
    verification = verify_export(exported()["adapter"], exported()["merged"], [exported()["gguf"]])
    verification.require()
    figures = values(verification)
    assert figures["adapter", "KL against the base without it"] > 0.05
    assert figures["merged", "KL against the trained model"] < 1e-4  # float32 throughout
    assert 0 < figures["model-q8_0.gguf", "KL against merged, top 2000"] < gguf_format("q8_0").bounds.max_kl
    assert "KL against the trained model" in str(verification)
    assert json.loads(json.dumps(verification.as_rows()))[0]["line"].startswith("KL against the base without it")


def test_a_near_tie_that_merging_flipped_is_not_held_against_the_gguf(exported):
    probe = make_probe(load_tokenizer(exported()["base"]))
    merged = ask_folder(exported()["merged"], probe, torch.float32)[0]
    first, second = merged.topk(2).indices.T
    rows = torch.arange(len(merged))
    flipped = merged.clone()
    flipped[rows, first], flipped[rows, second] = merged[rows, second], merged[rows, first]
    trained = Trained(probe, flipped, torch.zeros_like(merged), Answers(0, 0), 1.0)
    checks = {check.name: check for check in check_gguf(measure_gguf(exported()["gguf"], "q8_0", merged, trained), trained)}
    assert checks["top-1 agreement with it"].ok


def test_an_adapter_that_does_nothing_is_found(gemma3_folder: Path, tmp_path: Path):
    adapter = write_adapter(lora_model(gemma3_folder, std=0.0), tmp_path / "adapter")
    assert "training changed nothing" in failed(verify_export(adapter, merge_adapter(adapter, tmp_path / "merged"))).values()


def _not_merged(merged: Path, exported: dict[str, Path]) -> None:
    """Put the bare base that training saw in the place of the merged weights."""
    bare = write_adapter(lora_model(exported["base"], quantized=True, std=0.0), merged.parent / "bare")
    shutil.copy(merge_adapter(bare, merged.parent / "bare-merged") / "model.safetensors", merged / "model.safetensors")


def _merged_twice(merged: Path, exported: dict[str, Path]) -> None:
    base = load_file(exported["base"] / "model.safetensors")
    weights = load_file(merged / "model.safetensors")
    save_file({name: 2 * w - base[name] for name, w in weights.items()}, merged / "model.safetensors", {"format": "pt"})


def _other_weights(merged: Path, exported: dict[str, Path]) -> None:
    """The original base's weights with the adapter, where the ones that training saw were promised."""
    shutil.copy(
        merge_adapter(exported["adapter"], merged.parent / "original", into="original") / "model.safetensors",
        merged / "model.safetensors",
    )


def _template_of_another_family(merged: Path, exported: dict[str, Path]) -> None:
    (merged / "chat_template.jinja").write_text(GEMMA_4.template, encoding="utf-8")


def _two_bos(merged: Path, exported: dict[str, Path]) -> None:
    (merged / "chat_template.jinja").write_text("{{ bos_token }}" + GEMMA_3.template, encoding="utf-8")


def _missing_stop(merged: Path, exported: dict[str, Path]) -> None:
    settings = json.loads((merged / "generation_config.json").read_text(encoding="utf-8"))
    (merged / "generation_config.json").write_text(json.dumps(settings | {"eos_token_id": 1}), encoding="utf-8")


def _tokenizer_without_bos(merged: Path, exported: dict[str, Path]) -> None:
    """As AutoTokenizer rebuilds it from a GGUF."""
    tokenizer = json.loads((merged / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["post_processor"] = None
    (merged / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    settings = json.loads((merged / "tokenizer_config.json").read_text(encoding="utf-8"))
    (merged / "tokenizer_config.json").write_text(
        json.dumps(settings | {"add_bos_token": False, "tokenizer_class": "PreTrainedTokenizerFast"}), encoding="utf-8"
    )


def _other_vocabulary(merged: Path, exported: dict[str, Path]) -> None:
    tokenizer = json.loads((merged / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    vocabulary["1"], vocabulary["2"] = vocabulary["2"], vocabulary["1"]
    (merged / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")


def _tokenizer_from_a_gguf(merged: Path, exported: dict[str, Path]) -> None:
    """What transformers makes of the tokens in a GGUF: it loads, and cuts the text otherwise."""
    gguf = exported["gguf"]
    tokenizer = AutoTokenizer.from_pretrained(str(gguf.parent), gguf_file=gguf.name)
    tokenizer.save_pretrained(merged)


@pytest.mark.parametrize(
    ("plant", "check", "cause"),
    [
        (_not_merged, "KL(trained, merged) / KL(trained, base)", "adapter is not in the merged weights"),
        (_not_merged, "KL(merged, base) / KL(trained, base)", "adapter is not in the merged weights"),
        (_merged_twice, "KL against the trained model", "other weights"),
        (_other_weights, "KL against the trained model", "other weights"),
        (_template_of_another_family, "chats with training's token ids", "another chat template"),
        (_two_bos, "chats with training's token ids", "two BOS"),
        (_missing_stop, "stop tokens missing", "lacks end-of-turn"),
        (_tokenizer_without_bos, "prompts with training's token ids", "tokenizer is not training's"),
        (_tokenizer_from_a_gguf, "prompts with training's token ids", "rebuilt from a GGUF"),
        (_other_vocabulary, "prompts with training's token ids", "tokenizer is not training's"),
    ],
)
def test_a_fault_planted_in_the_merged_folder_is_caught(
    plant: Callable[[Path, dict[str, Path]], None], check: str, cause: str, exported, tmp_path: Path
):
    merged = tmp_path / "merged"
    shutil.copytree(exported()["merged"], merged)
    plant(merged, exported())
    verification = verify_export(exported()["adapter"], merged)
    assert cause in failed(verification)[check]
    with pytest.raises(ExportError, match="Likely cause: .* The artefacts are kept"):
        verification.require()


def test_faults_planted_in_the_gguf_are_caught(exported, tmp_path: Path):
    """Two BOS in its template, and the bare base for its weights."""
    merged = tmp_path / "merged"
    shutil.copytree(exported()["merged"], merged)
    (merged / "mathpal.json").unlink()  # the change is on purpose
    _two_bos(merged, exported())
    _not_merged(merged, exported())
    gguf = write_gguf(merged, tmp_path / "model-q8_0.gguf")
    found = failed(verify_export(exported()["adapter"], exported()["merged"], [gguf]))
    assert found.keys() >= {"chats with training's token ids", "chat template is training's", "KL against merged, top 2000"}
    assert "the adapter is not in these weights" in found["KL from trained / from the base"]


def test_a_gguf_whose_end_of_turn_is_an_ordinary_word_is_caught(exported, tmp_path: Path):
    """What a converter makes of a tokenizer that lost its special tokens: the name is patched in the file itself."""
    file = tmp_path / "model-q8_0.gguf"
    content = exported()["gguf"].read_bytes()
    where = content.index(b"<end_of_turn>", content.index(b"tokenizer.ggml.tokens"))
    content = content[:where] + b"<end_of_line>" + content[where + 13 :]
    at = content.index(b"tokenizer.ggml.eot_token_id") + len(b"tokenizer.ggml.eot_token_id") + 4
    file.write_bytes(content[:at] + (100).to_bytes(4, "little") + content[at + 4 :])
    write_record(file, {"outtype": "q8_0"})
    found = failed(verify_export(exported()["adapter"], exported()["merged"], [file]))
    assert found.keys() >= {"prompts with training's token ids", "end-of-turn ends an answer"}


def bounds_of(name: str) -> Bounds:
    bounds = format_named(name).bounds
    assert bounds is not None
    return bounds


@pytest.mark.parametrize(("ended", "failures"), [(4, 0), (2, 0), (1, 1), (0, 1)])
def test_where_the_trained_models_answers_end_half_of_an_artefacts_must(ended: int, failures: int):
    checks = check_answers("model.gguf", bounds_of("gguf:f16"), Answers(0, ended), Answers(right=0, ended=3))
    assert sum(not check.ok for check in checks) == failures
    endless = check_answers("model.gguf", bounds_of("gguf:f16"), Answers(0, ended), Answers(right=0, ended=0))
    assert all(check.ok for check in endless), "asked only of a model that learned it"


def test_the_fixed_problems_are_judged_by_their_mathematics():
    solutions = [solution for _, solution in PROMPTS]
    assert judged([(solution, True) for solution in solutions]) == Answers(right=4, ended=4)
    assert judged([("Đáp số: 7", False)] + [(solution, True) for solution in solutions[1:]]) == Answers(right=3, ended=3)


def test_an_artefact_that_solves_far_fewer_than_the_trained_model_is_caught():
    trained, parrot = Answers(right=4, ended=4), Answers(right=1, ended=4)
    eight, four = (check_answers("x", bounds_of(f"gguf:{kind}"), parrot, trained)[-1] for kind in ("q8_0", "q4_k_m"))
    assert (eight.value, eight.bound, eight.ok) == ("1 of 4", ">= 2", False)
    assert four.ok, "4 bits may lose three of four"


def test_the_probes_documents_are_those_of_training(gemma3_folder: Path):
    tokenizer = load_tokenizer(gemma3_folder)
    probe = make_probe(tokenizer)
    end_of_turn = tokenizer.convert_tokens_to_ids("<end_of_turn>")
    for ids, document, positions in zip(probe.prompt_ids, probe.documents, probe.positions, strict=True):
        assert document.count(tokenizer.bos_token_id) == 1
        assert document[: len(ids)] == ids
        assert positions[0] == len(ids) - 1, "the first token of the solution is predicted from the prompt's last"
        assert document[positions[-1] + 1] == end_of_turn
        assert positions == sorted(set(positions))
    assert torch.tensor(probe.positions).shape == (4, 16)
