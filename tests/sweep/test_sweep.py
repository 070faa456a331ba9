"""A sweep: its space, its study over kills and signals, no winner inside the noise, one look at the test problems."""

import json
import multiprocessing
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

import optuna
import pytest
import yaml

from mathpal_lightning.cli.flags import long_flags
from mathpal_lightning.cli.main import main
from mathpal_lightning.cli.named import find_run
from mathpal_lightning.cli.sweep import flags_in_words, report, write_best
from mathpal_lightning.cli.sweep_flags import read_sweep_flags, refuse_trials
from mathpal_lightning.errors import (
    CheckpointError,
    ConfigError,
    DataError,
    MathPalError,
    RunInterrupted,
    TrainingError,
    TrialEnded,
)
from mathpal_lightning.files import hold
from mathpal_lightning.run import RunFolder
from mathpal_lightning.sweep import STUDY
from mathpal_lightning.sweep.page import write_sweep_report
from mathpal_lightning.sweep.space import Choice, Range, Value, flags, in_words, read_space
from mathpal_lightning.sweep.standing import standing
from mathpal_lightning.sweep.study import finished, lags, open_study, run_trials, take_back_lost_trials
from mathpal_lightning.sweep.trial import Fits, problems_of
from tests.report.made_runs import made_run

SPACE = "model.learning_rate: {low: 1e-4, high: 2e-3, log: true}\nmodel.lora_r: [8, 16]\ndata.batch_size: {low: 1, high: 4}\n"
PROBLEMS = 40


@dataclass(slots=True)
class MadeFits(Fits):
    """Fits whose run folders are made at once; `solved` says how many problems the next ones solve, or their exit status."""

    solved: list[int] = field(default_factory=list)
    begun: list[Path] = field(default_factory=list)

    def fit(self, run: RunFolder, trial: optuna.Trial, values: dict[str, Value]) -> int:
        self.begun.append(run.path)
        outcome = self.solved.pop(0)
        if outcome >= 0:
            made_run(run.path, problems=PROBLEMS, before=0, after=outcome)
        return max(0, -outcome)


def space(folder: Path, text: str = SPACE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "space.yaml").write_text(text, encoding="utf-8")
    return folder / "space.yaml"


def made(folder: Path, *solved: int) -> MadeFits:
    return MadeFits(folder / "sweep", "val/exact_match", read_space(space(folder)), [], solved=list(solved))


def test_the_space_of_the_package_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The README names it as it lies in a clone; the wheel has it inside the package."""
    monkeypatch.chdir(tmp_path)
    own, _ = read_sweep_flags(["--space", "configs/spaces/sweep.yaml"])
    assert "model.lora_r" in read_space(own.space)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--trails", "2"], "`--trials`"),
        (["--trials", "many"], "'many' is no whole number of 1 or more"),
        (["--trials=0"], "'0' is no whole number"),
        (["--objective", "val/exact"], "val/exact_match"),
        (["--model.lora_rr", "8"], "`model.lora_r`"),
        (["--config", "quikstart"], "quickstart"),
        (["--learning_rate", "fast"], "a number"),
        (["quickstart"], "mathpal sweep --config quickstart"),
        (["--data.train", "nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_what_every_trial_would_refuse_is_refused_at_once(words: list[str], said: str):
    with pytest.raises(MathPalError, match=said):
        refused(words, "model.lora_r: [8, 16]")


def test_a_sweep_does_not_write_into_a_run(tmp_path: Path):
    (tmp_path / "outputs" / "lop5").mkdir(parents=True)
    (tmp_path / "outputs" / "lop5" / "config.yaml").touch()
    with pytest.raises(ConfigError, match="the run outputs/lop5.*Choose another --name"):
        refused(["--name", "lop5"], "model.lora_r: [8, 16]")


def test_the_folder_of_a_sweep_is_no_run(tmp_path: Path):
    (tmp_path / "outputs" / "rates" / "trial-001").mkdir(parents=True)
    (tmp_path / "outputs" / "rates" / STUDY).touch()
    (tmp_path / "outputs" / "lop5").mkdir()
    with pytest.raises(ConfigError, match=r"folder of a sweep.*mathpal export \S*outputs/rates/trial-001\. .*best\.yaml"):
        find_run("rates", "export")
    with pytest.raises(CheckpointError, match=r"Runs in outputs/: lop5\."):
        find_run("grade-nine", "export")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model.lora_rank: [8, 16]", "`model.lora_rank` in .*space.yaml.*`model.lora_r`"),
        ("model.lora_r: [8, wide]", "wide"),
        ("model.lora_r: {low: 8, high: 32, step: 2.5}", "a whole number for `model.lora_r`"),
        ("model.lora_r: {low: 8.0, high: 32.0}", "a whole number for `model.lora_r`"),
        ("model.learning_rate: {low: 1e-4, high: 1e-3}", ""),
    ],
)
def test_a_space_is_refused_where_no_trial_could_take_its_values(text: str, said: str):
    if not said:
        refused([], text)
        return
    with pytest.raises(ConfigError, match=said):
        refused([], text)


def refused(words: list[str], text: str) -> None:
    own, given = read_sweep_flags(long_flags(["--config", "quickstart", *words, f"--space={space(Path('spaces'), text)}"]))
    refuse_trials(own, given, read_space(own.space))


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No run of an earlier call lies in the folder where a sweep begins."""
    monkeypatch.chdir(tmp_path)


def test_a_space_is_read():
    text = yaml.safe_load(SPACE)
    assert text["model.learning_rate"]["low"] == "1e-4"  # as YAML 1.1 reads it


def test_ranges_and_choices(tmp_path: Path):
    read = read_space(space(tmp_path))
    assert read["model.learning_rate"] == Range(1e-4, 2e-3, log=True)
    assert read["model.lora_r"] == Choice((8, 16))
    trial = optuna.trial.FixedTrial({"data.batch_size": 3})
    assert read["data.batch_size"].suggest(trial, "data.batch_size") == 3  # type: ignore[arg-type]  # it suggests as a Trial does


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1, 2]",
        "a: 1",
        "a: [1]",
        "a: {low: 2, high: 1}",
        "a: {low: 0, high: 1, log: true}",
        "a: {low: x, high: 1}",
        "a: {low: true, high: 8}",
        "a: {low: 1, high: .inf}",
        "a: {low: 0, high: 1, step: 0}",
        "a: {low: 0, high: 1, step: -0.1}",
        "a: {low: 0, high: 1, step: 2}",
        "a: {low: 1, high: 8, log: 'no'}",
        "a: {b",
    ],
)
def test_what_is_no_space_is_refused(tmp_path: Path, text: str):
    with pytest.raises(ConfigError):
        read_space(space(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "low", "values"),
    [
        ("{low: 0, high: 1, step: 0.25}", 0.0, [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("{low: 0, high: 5, step: 2.5}", 0.0, [0.0, 2.5, 5.0]),
        ("{low: 0.2, high: 0.3, step: 0.1}", 0.2, [0.2, 0.3]),
        ("{low: '8', high: '10'}", 8, [8, 9, 10]),
        ("{low: 8, high: 16, step: 4}", 8, [8, 12, 16]),
    ],
)
def test_a_range_gives_whole_numbers_only_where_all_of_it_is_whole(text: str, low: float, values: list[float], tmp_path: Path):
    of = read_space(space(tmp_path, f"a: {text}"))["a"]
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    found = [of.suggest(study.ask(), "a") for _ in range(60)]
    assert sorted(set(found)) == values
    assert {type(value) for value in found} == {type(low)}


def test_values_become_flags():
    assert flags({"model.dora": False, "model.lora_r": 8}) == ["--model.dora=false", "--model.lora_r=8"]


def test_a_clear_winner_is_named(tmp_path: Path):
    fits = made(tmp_path, 2, 35, 3)
    study = open_study(fits.folder, fits.objective)
    run_trials(study, fits, trials=3, workers=1)
    found = standing(study, fits.folder)
    assert found
    assert found.best.number == 1
    assert found.rivals == []
    assert "beats every other finished trial" in found.sentence


def test_no_winner_inside_the_noise(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    fits = made(tmp_path, 20, 21, 3)
    study = open_study(fits.folder, fits.objective)
    run_trials(study, fits, trials=3, workers=1)
    found = standing(study, fits.folder)
    assert found
    assert found.best.number == 1
    assert [trial.number for trial in found.rivals] == [0]
    assert "That is no winner: chance alone explains how far it is ahead of trial 0." in found.sentence
    page = write_sweep_report(study, fits.folder, found).read_text(encoding="utf-8")
    assert "not to be told from the best" in page
    assert page.count("<svg") == 1  # the importance of three trials would be chance
    report(study, fits, found, json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["best"] == {"trial": 1, "value": 21 / PROBLEMS, "settings": found.best.params}
    assert told["not_worse_beyond_chance"] == [0]
    assert told["config"].endswith("best.yaml")


def test_a_script_asks_for_json_with_and_without_a_value(tmp_path: Path):
    asked = ["--space", str(space(tmp_path)), "--config=quickstart"]
    for words, wanted in (([], False), (["--json"], True), (["--json=false"], False)):
        own, given = read_sweep_flags(long_flags([*asked, *words]))
        assert (own.json, given) == (wanted, ["--config=quickstart"])


@pytest.mark.parametrize(
    ("solved", "said"),
    [([0, 0], "No finished trial solved a validation problem"), ([20], "It is the only trial that has finished")],
)
def test_a_sweep_that_cannot_tell_says_so(solved: list[int], said: str, tmp_path: Path):
    fits = made(tmp_path, *solved)
    study = open_study(fits.folder, fits.objective)
    run_trials(study, fits, trials=len(solved), workers=1)
    found = standing(study, fits.folder)
    assert found
    assert said in found.sentence
    assert "beats" not in found.sentence


def test_trials_that_diverge_or_lag_are_ended_and_the_sweep_goes_on(tmp_path: Path):
    fits = made(tmp_path, -TrainingError.exit_code, -TrialEnded.exit_code, 10)
    study = open_study(fits.folder, fits.objective)
    run_trials(study, fits, trials=3, workers=1)
    assert [trial.state.name for trial in study.trials] == ["PRUNED", "PRUNED", "COMPLETE"]
    assert study.trials[0].user_attrs["why"] == "diverged"


def test_a_trial_whose_rows_are_refused_is_a_bad_one_where_the_space_is_of_the_data(tmp_path: Path):
    fits = made(tmp_path, -DataError.exit_code, 10, -DataError.exit_code)
    study = open_study(fits.folder, fits.objective)
    run_trials(study, fits, trials=2, workers=1)
    assert [trial.state.name for trial in study.trials] == ["PRUNED", "COMPLETE"]
    assert study.trials[0].user_attrs["why"] == "its rows were refused"
    fits.space = {"model.lora_r": Choice((8, 16))}
    (fits.folder / "trial-002.log").write_text("mathpal: Expected rows", encoding="utf-8")
    with pytest.raises(ConfigError, match="mathpal: Expected rows"):
        run_trials(study, fits, trials=3, workers=1)


def test_data_that_every_trial_refuses_end_the_sweep(tmp_path: Path):
    fits = made(tmp_path, *[-DataError.exit_code] * 9)
    fits.folder.mkdir()
    (fits.folder / "trial-004.log").write_text("mathpal: Expected rows", encoding="utf-8")
    with pytest.raises(ConfigError, match="mathpal: Expected rows"):
        run_trials(open_study(fits.folder, fits.objective), fits, trials=9, workers=1)
    assert len(fits.begun) == 5


def told(run: Path, digest: str, kept: int) -> None:
    """Write into the summary of a run what its validation problems were."""
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    summary["evaluation"]["after"]["digest"] = digest
    summary["data"]["validation"] = {"kept": kept}
    (run / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


class OtherProblems(MadeFits):
    """The third trial is scored on other problems than those before it."""

    def fit(self, run: RunFolder, trial: optuna.Trial, values: dict[str, Value]) -> int:
        status = MadeFits.fit(self, run, trial, values)
        told(run.path, "b2" if trial.number == 2 else "a1", kept=24)
        return status


def test_a_trial_with_other_validation_problems_ends_the_sweep(tmp_path: Path):
    fits = OtherProblems(tmp_path / "sweep", "val/exact_match", {"data.max_length": Choice((16, 32))}, [], solved=[20, 21, 22])
    study = open_study(fits.folder, fits.objective)
    with pytest.raises(ConfigError, match=r"problems of trial 0 in trial 2 too, but found others with {'data.max_length"):
        run_trials(study, fits, trials=3, workers=1)
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "COMPLETE", "FAIL"]


def test_a_loss_is_of_the_kept_validation_rows(tmp_path: Path):
    run = RunFolder(made_run(tmp_path / "run"))
    assert [problems_of(run, objective) for objective in ("val/exact_match", "val/loss")] == ["", ""]
    told(run.path, "a1", kept=24)
    assert [problems_of(run, objective) for objective in ("val/exact_match", "val/loss")] == ["a1", "24"]


def test_a_killed_trial_goes_on_in_its_run_folder_with_its_values(tmp_path: Path):
    fits = made(tmp_path, 5, 6, 7)
    study = open_study(fits.folder, fits.objective)
    run_trials(study, fits, trials=1, workers=1)
    killed = study.ask()  # a worker that begins a trial, and is gone
    values = {key: of.suggest(killed, key) for key, of in fits.space.items()}
    again = open_study(fits.folder, fits.objective)
    assert take_back_lost_trials(again) == [1]
    run_trials(again, fits, trials=2, workers=1)
    assert again.trials[2].params == values
    assert [path.name for path in fits.begun] == ["trial-000", "trial-001"]
    assert finished(again) == 2


def test_a_sweep_that_goes_on_tries_new_values(tmp_path: Path):
    fits = made(tmp_path, 5, 6)
    for trials in (1, 2):
        run_trials(open_study(fits.folder, fits.objective), fits, trials=trials, workers=1)
    first, second = open_study(fits.folder, fits.objective).trials
    assert first.params["model.learning_rate"] != second.params["model.learning_rate"]


class DyingFits(MadeFits):
    """The process of the sweep is killed in the second trial."""

    def fit(self, run: RunFolder, trial: optuna.Trial, values: dict[str, Value]) -> int:
        if len(self.solved) == 1:
            run.path.with_suffix(".json").write_text(json.dumps(values), encoding="utf-8")
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(run, trial, values)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_sweep_whose_process_is_killed_goes_on(tmp_path: Path):
    """A real SIGKILL: the file of the study, its lock and the heartbeat of the trial are as a killed process leaves them."""
    dying = DyingFits(tmp_path / "sweep", "val/exact_match", read_space(space(tmp_path)), [], solved=[5, 6])

    def work() -> None:
        held = hold(dying.folder / ".sweep.lock")
        assert held
        run_trials(open_study(dying.folder, dying.objective), dying, trials=3, workers=1)

    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join(300)
    assert worker.exitcode == -signal.SIGKILL
    fits = made(tmp_path, 6, 7)
    study = open_study(fits.folder, fits.objective)
    held = hold(fits.folder / ".sweep.lock")
    assert held, "the lock of a killed process is free"
    assert take_back_lost_trials(study) == [1]
    run_trials(study, fits, trials=3, workers=1)
    assert [path.name for path in fits.begun] == ["trial-001", "trial-003"], "number 2 goes on in the folder of number 1"
    assert json.loads((fits.folder / "trial-001.json").read_text(encoding="utf-8")) == study.trials[2].params
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]


def test_a_signal_ends_the_sweep_and_the_trial_goes_on_later(tmp_path: Path):
    fits = made(tmp_path, -RunInterrupted.exit_code, 7)
    study = open_study(fits.folder, fits.objective)
    with pytest.raises(RunInterrupted):
        run_trials(study, fits, trials=1, workers=1)
    run_trials(study, fits, trials=1, workers=1)
    assert [path.name for path in fits.begun] == ["trial-000", "trial-000"]


def test_two_workers_share_the_trials(tmp_path: Path):
    fits = made(tmp_path, 4, 5, 6, 7)
    study = open_study(fits.folder, fits.objective)
    run_trials(study, fits, trials=4, workers=2)
    assert sorted(path.name for path in fits.begun) == [f"trial-{number:03d}" for number in range(4)]
    assert finished(study) == 4


def test_a_fit_that_cannot_run_ends_the_sweep_with_its_last_line(tmp_path: Path):
    fits = made(tmp_path, -ConfigError.exit_code)
    fits.folder.mkdir()
    (fits.folder / "trial-000.log").write_text("...\nmathpal: Expected a key\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="mathpal: Expected a key"):
        run_trials(open_study(fits.folder, fits.objective), fits, trials=1, workers=1)


def test_a_trial_worse_than_the_median_lags(tmp_path: Path):
    study = open_study(tmp_path, "val/loss")
    for number in range(5):
        study.ask()
        assert not lags(tmp_path, number, step=10, value=1.0)
        study.tell(number, 1.0)
    study.ask()
    study.ask()
    assert lags(tmp_path, 5, step=10, value=2.0)
    assert not lags(tmp_path, 6, step=10, value=0.5)


def test_another_objective_is_refused(tmp_path: Path):
    open_study(tmp_path, "val/loss")
    with pytest.raises(ConfigError, match="the objective val/loss"):
        open_study(tmp_path, "val/exact_match")


def test_the_best_config_writes_beside_the_sweep(tmp_path: Path):
    fits = made(tmp_path / "elsewhere", 5)
    fits.given = ["--config=quickstart"]
    study = open_study(fits.folder, fits.objective)
    run_trials(study, fits, trials=1, workers=1)
    found = standing(study, fits.folder)
    assert found
    best = yaml.safe_load(write_best(fits, found).read_text(encoding="utf-8"))
    assert (best["output_dir"], best["name"]) == (str(tmp_path / "elsewhere"), "sweep-best")


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("model.lora_r: [4, 8]", ["--data.train", "a.jsonl"], ""),
        (
            "model.lora_r: [4, 8, 16]",
            ["--data.train=a.jsonl"],
            r"model.lora_r \[4, 8\], as in .*found model.lora_r \[4, 8, 16\]",
        ),
        ("model.lora_alpha: [4, 8]", ["--data.train=a.jsonl"], r"found model.lora_r not set, model.lora_alpha \[4, 8\]"),
        ("model.lora_r: [4, 8]", ["--data.train=b.jsonl"], "--data.train a.jsonl, as in .*b.jsonl. Choose another --name"),
        ("model.lora_r: [4, 8]", ["--data.train=a.jsonl", "--trainer.max_steps=9"], "found --trainer.max_steps 9"),
    ],
)
def test_a_sweep_does_not_join_one_with_another_space_or_other_flags(text: str, words: list[str], said: str, tmp_path: Path):
    fits = MadeFits(
        tmp_path / "sweep", "val/exact_match", read_space(space(tmp_path, "model.lora_r: [4, 8]")), [], solved=[5, 6]
    )
    settings = {"space": in_words(fits.space), "given": flags_in_words(["--data.train=a.jsonl"])}
    run_trials(open_study(fits.folder, fits.objective, **settings), fits, trials=1, workers=1)
    asked = {"space": in_words(read_space(space(tmp_path, text))), "given": flags_in_words(words)}
    if not said:
        run_trials(open_study(fits.folder, fits.objective, **asked), fits, trials=2, workers=1)
        return
    with pytest.raises(ConfigError, match=said):
        open_study(fits.folder, fits.objective, **asked)


def test_other_flags_may_mend_a_sweep_without_a_trial_that_counts(tmp_path: Path):
    fits = made(tmp_path, -ConfigError.exit_code, 5)
    fits.folder.mkdir()
    (fits.folder / "trial-000.log").touch()
    with pytest.raises(ConfigError):
        run_trials(open_study(fits.folder, fits.objective, given={}), fits, trials=1, workers=1)
    run_trials(open_study(fits.folder, fits.objective, given={"--evaluation.problems": "40"}), fits, trials=1, workers=1)
    with pytest.raises(ConfigError, match="--evaluation.problems 40, as in"):
        open_study(fits.folder, fits.objective, given={})


def test_an_edited_config_is_another_one(tmp_path: Path):
    config = tmp_path / "own.yaml"
    config.write_text("model: {lora_r: 8}", encoding="utf-8")
    before = flags_in_words(["--config", str(config)])
    assert before["--config"].startswith("own.yaml with the content ")
    config.write_text("model: {lora_r: 16}", encoding="utf-8")
    assert flags_in_words(["--config", str(config)]) != before


@pytest.mark.parametrize("name", ["50%25 done", "x?mode=ro", "a#b", "lớp 5", "{b}", "100%"])
def test_the_study_lies_in_the_folder_whatever_its_name(name: str, tmp_path: Path):
    open_study(tmp_path / name, "val/loss")
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert [file.name for file in (tmp_path / name).iterdir()] == [STUDY]


def test_the_page_of_the_verb(capsys: pytest.CaptureFixture[str]):
    main(["sweep", "--help"])
    assert "--space FILE" in capsys.readouterr().out


def test_a_sweep_without_a_space_says_so(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main(["sweep", "--config", "x.yaml"])
    assert left.value.code == ConfigError.exit_code
    assert "--space" in capsys.readouterr().err
