"""The card says what the run's files say, and nothing of the machine that it ran on."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard

from mathpal_lightning.chat import GEMMA_3, generation_prompt, stop_token_ids
from mathpal_lightning.cli.main import main
from mathpal_lightning.export import model_card, write_model_card
from mathpal_lightning.export.publish.facts import BaseModel, public_name
from mathpal_lightning.export.publish.usage import QUESTION, usage
from mathpal_lightning.export.road import Export, note
from mathpal_lightning.run import RunFolder
from mathpal_lightning.schema import Turn
from tests.earlier_weights import merge_anew, run_with_gguf

CANARY = "hf_canaryCanaryCanaryCanary"
SCORES = {"problems": 200, "accuracy": 0.622, "standard_error": 0.0343, "no_answer": 0.015, "gold_unreadable": 0, "topics": {}}
CONFIG: dict[str, Any] = {
    "name": "lop5",
    "output_dir": "/home/lan/outputs",
    "seed_everything": 7,
    "comet": "auto",
    "model": {"model_name": "google/gemma-3n-E2B-it", "bits": 4, "lora_r": 16, "learning_rate": 2e-4, "adapter": None},
    "data": {
        "train": {"/home/lan/private/problems.jsonl": 1.0, "generated": 2.0, "truong/de-thi-lop-5": 1.0},
        "predict": "/home/lan/questions.jsonl",
        "cache_dir": "/scratch/lan",
        "max_length": 512,
    },
    "evaluation": {"problems": 200, "sample": 50},
    "checkpoint": {"monitor": "val/exact_match", "mode": "max"},
    "trainer": {
        "max_epochs": 3,
        "precision": "bf16-mixed",
        "logger": {"class_path": "CometLogger", "init_args": {"api_key": CANARY}},
        "default_root_dir": "/home/lan/outputs/lop5",
    },
}
SUMMARY: dict[str, Any] = {
    "data": {
        "train": {
            "read": 1000,
            "kept": 988,
            "refused": {"too_long": 9, "empty_solution": 3},
            "tokens": 210000,
            "supervised_tokens": 120000,
        }
    },
    "evaluation": {"before": SCORES | {"problems": 50, "accuracy": 0.04, "standard_error": 0.0277}, "after": SCORES},
    "training": {
        "steps": 120,
        "tokens": 630000,
        "supervised_tokens": 360000,
        "training_seconds": 3600.0,
        "tokens_per_second": 175.0,
        "peak_memory_gb": 9.5,
    },
    "export": {
        "merge_into": "trained",
        "artefacts": {"adapter": "/home/lan/outputs/lop5/adapter"},
        "checks": [
            {
                "artefact": "merged",
                "name": "KL",
                "value": 0.0016,
                "bound": "<= 0.02",
                "ok": True,
                "likely_cause": "",
                "line": "",
            },
            {
                "artefact": "m.gguf",
                "name": "ends | stops",
                "value": "no",
                "bound": "yes",
                "ok": False,
                "likely_cause": "no stop",
            },
        ],
    },
    "seconds": 4000.0,
}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder as `mathpal fit` leaves it, but for the weights."""
    run = tmp_path / "outputs" / "lop5"
    for folder in ("adapter", "merged", "gguf"):
        (run / folder).mkdir(parents=True)
    (run / "config.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    (run / "summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    record = {"base": "google/gemma-3n-E2B-it", "model_class": "Gemma3nForConditionalGeneration", "versions": {"torch": "2.13"}}
    (run / "adapter" / "mathpal.json").write_text(json.dumps(record), encoding="utf-8")
    (run / "adapter" / "adapter_config.json").write_text(json.dumps({"r": 16, "lora_alpha": 32.0}), encoding="utf-8")
    for file in ("model-q8_0.gguf", "Modelfile-q8_0", ".model-f16.gguf.1.tmp"):
        (run / "gguf" / file).write_text("", encoding="utf-8")
    return run


def blocks(card: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", card, re.DOTALL)


def test_its_metadata_is_what_the_hub_reads(run: Path):
    card = ModelCard(model_card(run, "lan/toan-lop-5", "adapter"))
    data = card.data.to_dict()
    assert data["language"] == "vi"
    assert data["license"] == "gemma"
    assert data["base_model"] == "google/gemma-3n-E2B-it"
    assert data["base_model_relation"] == "adapter"
    assert data["library_name"] == "peft"
    assert data["datasets"] == ["truong/de-thi-lop-5"]
    (result,) = card.data.eval_results or []
    assert (result.metric_type, result.metric_value, result.metric_name) == (
        "exact_match",
        62.2,
        "exact match, 62.2 % (55.1 to 68.4)",
    )
    assert yaml.safe_load(card.content.split("---")[1]) == data


@pytest.mark.parametrize(
    ("artefact", "library", "relation"), [("merged", "transformers", "finetune"), ("gguf", None, "quantized")]
)
def test_library_and_relation_are_the_artefacts(artefact: Any, library: str | None, relation: str, run: Path):
    data = ModelCard(model_card(run, "lan/x", artefact)).data
    assert (data.library_name, data.base_model_relation) == (library, relation)


def test_it_tells_scores_data_training_and_checks(run: Path):
    card = model_card(run)
    for line in (
        "| before training | 4.0 % (1.1 to 13.5) | 50 | 1.5 % |",
        "| after training | 62.2 % (55.1 to 68.4) | 200 | 1.5 % |",
        "| train | 1,000 | 988 | 9 too_long, 3 empty_solution | 210,000 (120,000) |",
        "Training rows: `problems.jsonl`, `generated`, `truong/de-thi-lop-5`.",
        "| `learning_rate` | 0.0002 |",
        "| `seed_everything` | 7 |",
        "| tokens seen | 630,000 (360,000 supervised) |",
        "| merged | KL | 0.0016 | <= 0.02 | ok |",
        r"| m.gguf | ends \| stops | no | yes | FAILED: no stop |",
        "The checkpoint was chosen by `val/exact_match`",
        "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms",
    ):
        assert line in card, line


def test_no_folder_of_the_machine_and_no_key_is_in_it(run: Path, tmp_path: Path):
    card = write_model_card(run).read_text(encoding="utf-8")
    assert "problems.jsonl" in card
    for secret in ("/home/lan", "/scratch", "questions.jsonl", str(tmp_path), CANARY, "api_key"):
        assert secret not in card


def test_the_configuration_in_it_is_one_that_mathpal_reads(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (configuration,) = blocks(model_card(run), "yaml")
    (tmp_path / "config.yaml").write_text(configuration, encoding="utf-8")
    with pytest.raises(SystemExit) as exit_status:
        main(["fit", "--config", str(tmp_path / "config.yaml"), "--print_config"])
    assert not exit_status.value.code
    shown = yaml.safe_load(capsys.readouterr().out)
    assert shown["model"]["learning_rate"] == 2e-4
    assert shown["data"]["train"] == {"problems.jsonl": 1.0, "generated": 2.0, "truong/de-thi-lop-5": 1.0}
    assert shown["trainer"]["max_epochs"] == 3
    assert shown["seed_everything"] == 7


def test_usage_is_of_the_artefacts_that_are_there(run: Path):
    hub_card = model_card(run, "lan/toan", "gguf")
    assert "llama-cli -hf lan/toan -hff model-q8_0.gguf --temp 0" in hub_card
    assert "hf download lan/toan --local-dir gguf\nollama create toan -f gguf/Modelfile-q8_0" in hub_card
    assert "transformers" not in hub_card.split("## Use")[1].split("## ")[0]
    assert "model-f16" not in hub_card, "a file that is still being written"
    assert 'FastModel.from_pretrained("lan/toan", max_seq_length=2048, load_in_4bit=True)' in model_card(
        run, "lan/toan", "adapter"
    )
    (run / "gguf" / "Modelfile-q8_0").unlink()
    assert "ollama" not in model_card(run)
    (run / "merged").rmdir()
    assert "transformers:" not in model_card(run)


@pytest.mark.parametrize("artefact", ["adapter", "merged"])
def test_the_code_in_it_runs_and_answers_as_the_model_does(
    artefact: Any, exported: Callable[[], dict[str, Path]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    made = exported()
    folder = made[artefact].parent
    code = blocks(model_card(folder, artefact=artefact), "python")[0]
    code = code.replace("path/to/" + made["base"].name, str(made["base"])).replace("max_new_tokens=512", "max_new_tokens=8")
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    exec(code, names)
    prompt = generation_prompt(GEMMA_3, [Turn("user", QUESTION)])
    ids = names["tokenizer"](prompt)["input_ids"]
    assert names["answer"][0, : len(ids)].tolist() == ids, "the prompt of training"
    assert names["end_of_turn"] == stop_token_ids(names["tokenizer"])[0]
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("artefact", ["adapter", "merged"])
def test_a_gemma_2_is_loaded_with_the_cap_that_it_was_trained_with(artefact: Any, run: Path):
    """transformers applies the cap on attention scores in `eager` only, which is not its default."""
    codes = {
        name: usage(run, BaseModel(f"google/{name}", model_class), None, artefact)
        for name, model_class in (("gemma-2-2b-it", "Gemma2ForCausalLM"), ("gemma-3-1b-it", "Gemma3ForCausalLM"))
    }
    assert 'dtype="auto", attn_implementation="eager")' in codes["gemma-2-2b-it"]
    assert "attn_implementation" not in codes["gemma-3-1b-it"]
    pinned = usage(run, BaseModel("google/gemma-3-1b-it@v2", "Gemma3ForCausalLM"), None, artefact)
    assert ('from_pretrained("google/gemma-3-1b-it", revision="v2", dtype="auto")' in pinned) == (artefact == "adapter")
    assert 'attn_implementation="eager"' in (Path(__file__).parents[3] / "docs" / "export.md").read_text(encoding="utf-8")


def test_checks_of_a_gguf_of_earlier_weights_are_not_told_of_the_present_ones(tmp_path: Path):
    run = run_with_gguf(tmp_path / "lop5")
    checks = [
        {"artefact": name, "name": "mean KL", "value": 0.002, "bound": "0.03", "ok": True, "likely_cause": ""}
        for name in ("merged", "model-q8_0.gguf")
    ]
    RunFolder(run).note(export={"checks": checks})
    note(run, Export("trained"))
    assert "| model-q8_0.gguf | mean KL |" in model_card(run)
    merge_anew(run)
    note(run, Export("original"))
    card = model_card(run)
    assert "| merged | mean KL |" in card
    assert "| model-q8_0.gguf |" not in card
    assert "Not compared with the trained model: model-q8_0.gguf." in card


def test_the_ollama_command_takes_the_gguf_that_is_served(run: Path):
    (run / "gguf" / "Modelfile-q4_k_m").write_text("", encoding="utf-8")
    (run / "gguf" / "Modelfile-f16").write_text("", encoding="utf-8")
    assert "ollama create mathpal -f gguf/Modelfile-q8_0" in model_card(run)


def test_what_was_not_checked_is_said(run: Path):
    (run / "gguf" / "model-q4_k_m.gguf").write_text("", encoding="utf-8")
    assert "Not compared with the trained model: model-q4_k_m.gguf, model-q8_0.gguf." in model_card(run)
    assert "Not compared with the trained model: model-q4" in model_card(run, "lan/x", "gguf")
    assert "Not compared" not in model_card(run, "lan/x", "merged")


@pytest.mark.parametrize(("objective", "told", "silent"), [("dpo", "preference", "policy"), ("grpo", "policy", "preference")])
def test_the_adapter_says_its_own_rank_and_only_the_loss_that_counted_is_told(
    run: Path, objective: str, told: str, silent: str
):
    """A run that goes on from a given adapter has the rank of that adapter, whatever its config says."""
    model = CONFIG["model"] | {"objective": objective, "preference": {"beta": 0.1}, "policy": {"loss": "dr_grpo"}}
    model |= {"lora_dropout": 0.3, "lora_rslora": True}
    (run / "config.yaml").write_text(yaml.safe_dump(CONFIG | {"model": model}), encoding="utf-8")
    adapter = {"r": 4, "lora_alpha": 8, "lora_dropout": 0.0, "use_rslora": False, "use_dora": True}
    (run / "adapter" / "adapter_config.json").write_text(json.dumps(adapter), encoding="utf-8")
    training = model_card(run).partition("## Training")[2].partition("##")[0]
    own = {"lora_r": 4, "lora_alpha": 8, "lora_dora": True}
    assert all(f"| `{name}` | {value} |" in training for name, value in own.items())
    assert "`lora_rslora`" not in training
    assert "`lora_dropout`" not in training, "0.0, as all that is off"
    assert f"`{told}`" in training
    assert f"`{silent}`" not in training


def test_it_says_which_servers_were_run(run: Path):
    assert "Ollama itself was not run" in model_card(run)
    assert "vLLM with a 4-bit base was not run" in model_card(run, "lan/x", "adapter")


def test_a_page_that_was_not_verified_is_named_and_the_card_says_how_to_open_it(run: Path):
    assert "http.server" not in model_card(run)
    (run / "web").mkdir()
    assert re.search(r"Not compared with the trained model: .*\bweb\b", model_card(run))
    assert "python3 -m http.server --directory web" in model_card(run)
    assert "http.server" not in model_card(run, "lan/x", "gguf"), "the Hub gets no page"


def test_of_a_bare_adapter_it_says_only_what_is_known(tmp_path: Path):
    (tmp_path / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": "google/gemma-4-E2B-it", "r": 8}), encoding="utf-8"
    )
    card = ModelCard(model_card(tmp_path, "lan/khac", "adapter"))
    assert card.data.license == "apache-2.0"
    assert "| `lora_r` | 8 |" in card.content
    assert '<turn|>"' in card.content, "Gemma 4's end of turn"
    headings = re.findall("^## (.*)$", card.content, re.MULTILINE)
    assert headings == ["Training", "Use", "Licence"]
    assert "mathpal-lightning" not in card.text
    assert "mathematics" not in card.text


def test_an_empty_folder_and_somebody_elses_files_give_a_card_too(tmp_path: Path):
    assert ModelCard(model_card(tmp_path)).data.license is None
    (tmp_path / "config.yaml").write_text("model: resnet\ntrainer: null\n", encoding="utf-8")
    assert "resnet" in model_card(tmp_path)
    (tmp_path / "config.yaml").write_text("- a list\n", encoding="utf-8")
    assert ModelCard(model_card(tmp_path)).data.language == "vi"


@pytest.mark.parametrize(
    ("name", "model_class", "licence"),
    [
        ("google/gemma-3-270m", "Gemma3ForCausalLM", "gemma"),
        ("google/gemma-2-2b-it", "", "gemma"),
        ("unsloth/gemma-3n-E4B-it", "", "gemma"),
        ("offline-gemma", "Gemma3ForCausalLM", "gemma"),
        ("my-base", "Gemma2ForCausalLM", "gemma"),
        ("my-base", "Gemma3nForConditionalGeneration", "gemma"),
        ("google/gemma-4-E4B-it", "", "apache-2.0"),
        ("my-base", "Gemma4ForConditionalGeneration", "apache-2.0"),
        ("google/medgemma-4b-it", "Gemma3ForConditionalGeneration", None),
        ("google/shieldgemma-2-4b-it", "Gemma3ForConditionalGeneration", None),
        ("google/gemma-7b", "GemmaForCausalLM", None),
        ("google/gemma-9-1b", "Gemma9ForCausalLM", None),
        ("meta/llama", "LlamaForCausalLM", None),
        ("", "", None),
    ],
)
def test_the_licence_is_the_bases_or_none(name: str, model_class: str, licence: str | None):
    assert BaseModel(name, model_class).licence == licence


def test_the_offline_gemma_is_named_by_its_source(run: Path):
    (run / "adapter" / "mathpal.json").write_text(
        json.dumps({"base": "offline-gemma", "model_class": "Gemma3ForCausalLM"}), encoding="utf-8"
    )
    card = ModelCard(model_card(run))
    assert card.data.base_model == "google/gemma-3-270m"
    assert "Q4_K_M copy of google/gemma-3-270m" in card.content
    assert "in 4 bits" not in card.content


def test_an_adapter_trained_on_4_bits_says_so(run: Path):
    (run / "adapter" / "mathpal.json").write_text(
        json.dumps({"base": "google/gemma-3-270m", "quantized": [{"bits": 4}]}), encoding="utf-8"
    )
    assert "trained on the base in 4 bits" in model_card(run)


@pytest.mark.parametrize("moved", [False, True])
def test_files_of_the_run_are_no_data_sets_wherever_the_card_is_written(
    moved: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    run = tmp_path / "outputs" / "lop5"
    run.mkdir(parents=True)
    sources = ["data/problems.jsonl", "data/Lớp 5.xlsx:Sheet 1", "./rows.csv.gz", "C:\\de\\thi.csv", "truong/de-thi"]
    names = ["problems.jsonl", "Lớp 5.xlsx:Sheet 1", "rows.csv.gz", "thi.csv", "truong/de-thi"]
    if not moved:  # a folder is told from a data set only while it is there
        (tmp_path / "rows" / "grade5").mkdir(parents=True)
        sources, names = [*sources, "rows/grade5"], [*names, "grade5"]
    config = {"name": "lop5", "output_dir": "outputs", "data": {"train": sources, "validation": "data/held_out.jsonl"}}
    (run / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    monkeypatch.chdir(run)
    card = ModelCard(model_card("."))
    assert card.data.datasets == ["truong/de-thi"]
    (configuration,) = blocks(card.content, "yaml")
    assert yaml.safe_load(configuration)["data"] == {"train": names, "validation": "held_out.jsonl"}


def test_a_name_that_is_a_folder_here_is_no_hub_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert public_name("models/gemma") == "models/gemma"
    (tmp_path / "models" / "gemma").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert public_name("models/gemma") == "gemma"
