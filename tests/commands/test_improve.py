"""`mathpal improve`: rounds on a tiny Gemma, what is kept, what a stopped call goes on from."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from mathpal_lightning.commands import improve as module
from mathpal_lightning.commands import stages as stages_module
from mathpal_lightning.commands.improve import Method, improve
from mathpal_lightning.errors import ConfigError, TrainingError
from mathpal_lightning.run import RunFolder
from tests.runs import Runs

CONFIG = """
name: tiny
output_dir: outputs
model: {{model_name: {base}, backend: transformers, bits: 16, lora_r: 2, max_new_tokens: 6, generation_batch_size: 16}}
data:
  train: generated
  generator: {{count: 6, validation_count: 4, topics: [linear_equation], levels: [1]}}
  max_length: 512
evaluation: {{problems: 0, sample: 0, file: mine.jsonl, folder: kept, rows: [{{question: 1 + 1 = ?, solution: "2"}}], votes: 3}}
checkpoint: {{monitor: null}}
export: {{formats: [adapter], verify: false}}
trainer:
  {{accelerator: cpu, precision: bf16-mixed, max_steps: 1, limit_val_batches: 1, num_sanity_val_steps: 0,
    callbacks: [{{class_path: EarlyStopping, init_args: {{monitor: val/loss, strict: false}}}}]}}
comet: "off"
"""


@pytest.fixture(scope="module")
def trained(runs: Runs, gemma3_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("improve")
    (folder / "tiny.yaml").write_text(CONFIG.format(base=gemma3_folder), encoding="utf-8")
    done = runs.mathpal("fit", "--config", "tiny.yaml", cwd=folder)
    assert done.status == 0, done.stderr
    return folder / "outputs" / "tiny"


@pytest.fixture
def stages(runs: Runs, trained: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The verbs of the stages that ran; a fork runs each."""
    ran: list[str] = []

    def stage(arguments: Sequence[str], log_file: Path, allowed: Sequence[int] = ()) -> None:
        done = runs.mathpal(*arguments, cwd=trained)
        assert done.status in (0, *allowed), done.stderr
        ran.append(arguments[0])

    monkeypatch.setattr(stages_module, "run_stage", stage)
    return ran


def few(trained: Path, method: Method, rounds: int):
    return improve(trained, rounds, method, problems=4, samples=2, learning_rate=1e-3, validation=3)


def test_rounds_of_sft_go_on_where_they_stopped(trained: Path, stages: list[str], capsys: pytest.CaptureFixture[str]):
    first = few(trained, "sft", 1)
    assert not first[0].kept
    assert (
        f"No round solved more problems than the run does: its own adapter stays, {trained / 'adapter'}."
        in capsys.readouterr().out
    )
    assert stages == ["test", "data", "fit", "test"]
    assert few(trained, "sft", 1) == first
    assert len(stages) == 4, "nothing is done twice"
    both = few(trained, "sft", 2)
    assert stages[4:] == ["data", "fit", "test"]
    assert both[0] == first[0]
    # A tiny Gemma of random weights solves nothing: it learns from the references, and nothing is kept.
    assert [(one.rows, one.kept, one.adapter) for one in both] == [(4, False, str(trained / "adapter"))] * 2
    rounds = [(trained / "improve" / "sft" / f"round-{n}" / "problems.jsonl").read_text(encoding="utf-8") for n in (1, 2)]
    assert rounds[0] != rounds[1], "each round has new problems"
    with pytest.raises(ConfigError, match="problems 5 instead of 4"):
        improve(trained, 2, "sft", problems=5, samples=2, learning_rate=1e-3, validation=3)


def test_a_round_of_grpo_draws_while_it_trains_and_a_model_that_solves_nothing_is_refused(trained: Path, stages: list[str]):
    with pytest.raises(AssertionError, match="0% of 4 problems solved at least once. Train it with `objective: sft` first"):
        few(trained, "grpo", 1)
    assert stages == ["test"]
    with pytest.raises(ConfigError, match="problems 5 instead of 4"):
        improve(trained, 1, "grpo", problems=5, samples=2, learning_rate=1e-3, validation=3)
    assert stages == ["test"], "what was begun with other settings is not gone on with"


def test_a_round_of_dpo_without_a_pair_is_not_kept(trained: Path, stages: list[str]):
    """A tiny Gemma of random weights solves nothing."""
    (one,) = few(trained, "dpo", 1)
    assert stages == ["test", "data"]
    assert (one.rows, one.kept, one.only_before, one.only_after, one.p_value) == (0, False, 0, 0, 1.0)
    assert few(trained, "dpo", 1) == [one]
    assert len(stages) == 2


@pytest.mark.parametrize("method", ["dpo", "grpo"])
def test_what_compares_solutions_needs_two_of_each_problem(method: Method, tmp_path: Path):
    with pytest.raises(ConfigError, match="--samples of at least 2"):
        improve(tmp_path, method=method, samples=1)


def test_what_solves_more_validation_problems_is_kept(tmp_path: Path):
    def scored(name: str, right: Sequence[bool]) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        samples = [
            {"moment": "test", "question": f"{n} + 1", "gold": f"Đáp số: {n + 1}", "solution": f"Đáp số: {n + 1 if ok else 99}"}
            | {"gold_answer": None, "answer": None, "rule": None, "verdict": "wrong", "topic": "", "step": 0}
            for n, ok in enumerate(right)
        ]
        lines = "".join(json.dumps(sample, ensure_ascii=False) + "\n" for sample in samples)
        (folder / "test_samples.jsonl").write_text(lines, encoding="utf-8")
        noted = {"evaluation": {"test": {"problems": len(right), "gold_unreadable": 0}}}
        (folder / "summary.json").write_text(json.dumps(noted), encoding="utf-8")
        return folder

    start = scored("start", [True, False, False, True])
    better, equal = scored("round-1/score", [True, True, True, False]), scored("round-2/score", [False, True, False, True])
    one = module._round(1, 10, start, better, tmp_path / "adapter")
    assert (one.before, one.after, one.only_before, one.only_after, one.kept) == (0.5, 0.75, 1, 2, True)
    assert one.adapter == str(better.parent / "fit" / "adapter")
    assert not module._round(2, 10, start, equal, tmp_path / "adapter").kept


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A run whose config names files from the folder of its fit; the working folder is another one."""
    run = RunFolder(tmp_path / "outputs" / "lop5")
    run.adapter.mkdir(parents=True)
    for name in ("problems.jsonl", "base"):
        (tmp_path / name).touch()
    settings = {"output_dir": "outputs", "model": {"model_name": "base"}, "data": {"train": ["problems.jsonl", "generated"]}}
    run.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return run


def test_a_round_reads_the_files_of_the_run_from_any_folder(elsewhere: RunFolder, monkeypatch: pytest.MonkeyPatch):
    start, read, ran = elsewhere.path.parents[1], [], []

    class Data:
        def __init__(self, **settings: object):
            read.append(settings["train"])

        def setup(self, stage: str) -> None:
            """Read nothing."""

    monkeypatch.setattr(stages_module, "MathDataModule", Data)
    stages_module.data_of(elsewhere, generator_seed=None)
    assert read == [[f"{start}/problems.jsonl", "generated"]]
    monkeypatch.setattr(stages_module, "run_stage", lambda arguments, log_file: ran.extend(arguments))
    root = elsewhere.path / "improve" / "sft"
    root.mkdir(parents=True)
    (root / "validation.jsonl").touch()
    stages_module.score(elsewhere, elsewhere.adapter, root, root / "start", root / "log.txt")
    assert f"--model.model_name={start}/base" in ran
    assert [flag for flag in ran if flag.startswith("--data.train=")] == ["--data.train=null"]


def test_the_best_adapter_is_noted_so_that_it_is_found_from_any_folder(elsewhere: RunFolder, monkeypatch: pytest.MonkeyPatch):
    root, settings = Path("../outputs/lop5/improve/sft"), stages_module.Settings("sft", 4, 2, 0.8, 1e-3, 3, 0, "digest")
    fitted = root / "round-2" / "fit" / "adapter"
    fitted.mkdir(parents=True)
    rounds = [module.Round(1, 4, 0.5, 0.5, 0, 0, 1.0, False, "../outputs/lop5/adapter")]
    rounds.append(module.Round(2, 4, 0.5, 0.75, 0, 1, 1.0, True, str(fitted)))
    module._keep(root, settings, rounds)
    noted = json.loads((root / "rounds.json").read_text(encoding="utf-8"))["rounds"]
    assert [one["adapter"] for one in noted] == ["../../adapter", "round-2/fit/adapter"]
    assert module._read(root, settings) == rounds
    monkeypatch.chdir(elsewhere.path)
    assert [one.adapter for one in module._read(Path("improve/sft"), settings)] == [
        "adapter",
        "improve/sft/round-2/fit/adapter",
    ]


def test_no_round_at_all_is_refused_before_anything_is_read(tmp_path: Path):
    with pytest.raises(ConfigError, match="--rounds of at least 1, but found 0"):
        improve(tmp_path, rounds=0)


def test_a_folder_without_an_adapter_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="finished run"):
        improve(tmp_path)


def test_a_stage_that_fails_is_told_with_its_last_line(tmp_path: Path):
    with pytest.raises(TrainingError, match=r"exit status 2: .*Read .*log\.txt"):
        stages_module.run_stage(["no_such_verb"], tmp_path / "log.txt")
    stages_module.run_stage(["no_such_verb"], tmp_path / "log.txt", allowed=(2,))
