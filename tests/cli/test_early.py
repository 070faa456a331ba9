"""Mistakes are answered before torch is imported: in less than half a second, with the nearest right word."""

import subprocess
import sys
from pathlib import Path

import pytest

from mathpal_lightning.cli import early
from mathpal_lightning.cli.main import flags_of_command, main
from mathpal_lightning.cli.rows_named import require_rows
from mathpal_lightning.data.readers import COMPRESSED, SUFFIXES
from mathpal_lightning.files import DATA_FILES

HEAVY = "torch, transformers, lightning, unsloth, datasets, jsonargparse, rich"
SCRIPT = f"""
import sys, time
from mathpal_lightning.cli import main
{{calls}}
print([name for name in "{HEAVY}".split(", ") if name in sys.modules], time.process_time())
"""
OF_A_FILE = "Expected `generated` among the rows for {}, but found problems.jsonl. Leave it out: a file is not filtered."
MIXED = " Or mix in generated problems: --data.train '{problems.jsonl: 1, generated: 2}'"
MISTAKES = [
    (["fitt"], 2, "Did you mean `mathpal fit`?"),
    (["fit"], 2, "mathpal fit --config quickstart"),
    (["fit", "--model.lora_rnk=3", "--config", "quickstart"], 2, "Did you mean `model.lora_r`?"),
    (["fit", "--lr", "1e-3"], 2, "Did you mean `learning_rate`?"),
    (["fit", "--config", "quickstrat"], 2, "Did you mean --config quickstart?"),
    (["fit", "quickstart"], 2, "Did you mean `mathpal fit --config quickstart`?"),
    (["fit", "--config", "sft", "--data.train", "probems.jsonl"], 3, "Did you mean problems.jsonl?"),
    (["fit", "--config", "sft", "--data.train", "[problems.jsonl, './more.csv']"], 3, "./more.csv"),
    (["fit", "--config", "sft", "--data.train", "{probems.jsonl: 1, generated: 2}"], 3, "Did you mean problems.jsonl?"),
    (["fit", "--config", "bad.yaml"], 2, "`model.lora_rank` in bad.yaml"),
    (["fit", "--config", "old.yaml"], 2, "mathpal migrate old.yaml"),
    (
        ["fit", "--config", "trl.yaml"],
        2,
        "keys of another trainer: model_name_or_path. Convert it: mathpal migrate trl.yaml --out new.yaml",
    ),
    (["fit", "--config", "sft", "--model.adapter", "outputs/lop5/adaptr"], 4, "outputs/lop5/adaptr"),
    (["fit", "--config", "sft", "--ckpt_path", "no.ckpt"], 5, "no.ckpt"),
    (["fit", "--config", "sft", "--data.train", "problems.jsonl", "--name", "lop5"], 2, "--overwrite"),
    (
        ["fit", "--config", "outputs/lop5/config.yaml"],
        2,
        "files in outputs/lop5. Choose another --name, or replace the run with --overwrite.",
    ),
    (["fit", "--config", "outputs/sound/config.yaml"], 2, "Choose another --name, go on with --ckpt_path last, or replace"),
    (["test", "lop"], 5, "Did you mean `mathpal test lop5`?"),
    (["test"], 2, "mathpal test outputs/NAME"),
    (["predict", "lop5", "questions.jsonl"], 3, "questions.jsonl"),
    (["predict", "lop5", "problems.jsonl", "more"], 2, "'more'"),
    (["predict", "lop5", "An có 3 quả táo. " * 20], 3, "Write the questions into a file, one a row"),
    (["serve", "lop"], 4, "Did you mean `mathpal serve lop5`?"),
    (["serve"], 2, "Expected `mathpal serve RUN`, but found nothing. For example: mathpal serve lop5"),
    (["serve", "--prot", "3"], 2, "Did you mean `--port`?"),
    (["export", "--run", "no/such"], 5, "no/such"),
    (["data", "reprot"], 2, "Did you mean `mathpal data report`?"),
    (
        ["data", "report"],
        2,
        "SOURCE`, but found nothing. For example: mathpal data report problems.xlsx",
    ),
    (["data", "report", "probems.jsonl"], 3, "Did you mean problems.jsonl?"),
    (["data", "report", "none.jsonl"], 3, "Check the path"),
    (["data", "preview", "problems.jsonl", "--rows", "two"], 2, "a number for `--rows`, but found 'two'"),
    (["data", "report", "problems.jsonl", "--data.columns.quest", "x"], 2, "--data.columns.quest"),
    (["data", "generate", "out.jsonl", "--grade", "4"], 2, "Did you mean `--grades`?"),
    (["data", "generate", "out.jsonl", "--grades", "4-6"], 2, "Separate them by commas: 4,5,6."),
    (["data", "generate", "out.jsonl", "--grades", "6-4"], 2, "Separate them by commas: 4,5,6."),
    (
        ["data", "generate", "out.jsonl", "--grades", "4,,5"],
        2,
        "in every place of `--grades`, but found '4,,5'. Write --grades 4,5.",
    ),
    (["data", "generate", "out.jsonl", "--levels", ",1"], 2, "Write --levels 1."),
    (["data", "generate", "out.jsonl", "--topics=a,, b"], 2, "Write --topics a,b."),
    (["data", "generate", "out.jsonl", "--steps", ""], 2, "or leave out --steps."),
    (["fit", "--config", "quickstart", "--export.formats", "adapter,"], 2, "Write --export.formats adapter."),
    (["cache", "clear", "--kinds", ","], 2, "commas between them, or leave out --kinds."),
    (["data", "generate", "out.jsonl", "--count", "abc"], 2, "a number for `--count`, but found 'abc'. For example 1000."),
    (["train", "problems.jsonl"], 2, "Did you mean `mathpal fit`?"),
    (["evaluate", "lop5"], 2, "Did you mean `mathpal test`?"),
    (["fit", "problems.jsonl"], 2, "mathpal fit --config own_data_laptop --data.train problems.jsonl"),
    (["fit", "--config", "quickstart", "--model.schedule", "cosin"], 2, "Did you mean cosine?"),
    (["fit", "--config", "quickstart", "--model.compile", "maybe"], 2, "one of true, false, auto for `model.compile`"),
    (["fit", "--config", "quickstart", "--data.packing", "nope"], 2, "one of true, false for `data.packing`, but found 'nope'"),
    (["fit", "--config", "words.yaml"], 2, "one of shuffled, easy_first for `data.order` in words.yaml, but found 'easy'"),
    (["fit", "--config", "quickstart", "--push.repo", "toan"], 2, "your-name/model-name"),
    (["export", "lop5", "--push", "toan"], 2, "your-name/model-name"),
    (["export", "lop5", "--artefact", "ggufs"], 2, "Did you mean gguf?"),
    (["improve", "lop5", "--method", "spo"], 2, "one of sft, dpo, grpo for `--method`"),
    (["improve", "lop"], 5, "Did you mean `mathpal improve lop5`?"),
    (["report", "lop5", "--lang", "vn"], 2, "one of en, vi for `--lang`"),
    (["sweep", "--config", "quickstart"], 2, "--space configs/spaces/sweep.yaml"),
    (["sweep", "--config", "quickstart", "--space", "none.yaml"], 2, "none.yaml"),
    (["sweep", "--config", "quikstart", "--space", "configs/spaces/sweep.yaml"], 2, "Did you mean --config quickstart?"),
    (["fit", "--config"], 2, "a config after --config, but found nothing"),
    (["fit", "--config", "quickstart", "--name"], 2, "Write --name VALUE."),
    (["fit", "--config", "quickstart", "--name", "--overwrite"], 2, "a value after --name, but found --overwrite"),
    (["fit", "--config", "quickstart", "--gpus", "2"], 2, "Did you mean `trainer.devices`?"),
    (["fit", "--config", "quickstart", "--model", "gemma"], 2, "--model.model_name VALUE"),
    (["fit", "--config", "quickstart", "--learning-rate", "0,0001"], 2, "Write it with a point: 0.0001."),
    (["fit", "--config", "quickstart", "--data.validation_share", "12,5%"], 2, "Write a share: 0.125."),
    (["fit", "--config", "quickstart", "--max-epochs", "1.5"], 2, "a whole number for `trainer.max_epochs`, but found '1.5'"),
    (["fit", "--config", "quickstart", "--grades", "4-5"], 2, "Separate them by commas: 4,5."),
    (["fit", "--config", "quickstart", "--export.formats", "q4_k_m"], 2, "Did you mean gguf:q4_k_m?"),
    (["fit", "--config", "sft", "--data.train", "{problems.jsonl: 1"], 3, "Close the bracket {"),
    (["fit", "--config", "sft", "--data.train", "$HOME/problems.jsonl"], 3, "Variables such as $HOME are not replaced"),
    (["fit", "--config", "lr.yaml"], 2, "`model.lr` in lr.yaml, which is none. Did you mean `model.learning_rate`?"),
    (["fit", "--config", "tab.yaml"], 2, "'model_name: x' in line 2. Indent it with spaces: YAML takes no tabs."),
    (["fit", "--config", "no_colon.yaml"], 2, "`model` in no_colon.yaml, but found 'model_name x'"),
    (["fit", "--config", "list.yaml"], 2, "keys and values in the config list.yaml, but found a list"),
    (["fit", "--config", "empty.yaml"], 2, "but found nothing in it"),
    (["fit", "--config", "config.toml"], 2, "A config is YAML, and .toml is another format"),
    (["fit", "--config", "zipped.xlsx"], 2, "give it as --data.train zipped.xlsx"),
    (["fit", "--config", "percent.yaml"], 2, "`data.validation_share` in percent.yaml, but found '10%'. Write a share: 0.1."),
    (["predict", "lop5"], 2, "mathpal predict RUN questions.xlsx"),
    (["predict", "problems.jsonl", "lop5"], 2, "Name the run first: mathpal predict RUN problems.jsonl."),
    (["test", "problems.jsonl"], 2, "mathpal test RUN --data.test problems.jsonl"),
    (["serve", "problems.jsonl"], 2, "Name the run first"),
    (["export", "problems.jsonl"], 2, "Name the run first"),
    (["export", "lop5", "--formats", "gguf"], 2, "Did you mean gguf:q8_0?"),
    (["export", "lop5", "--formats", "adapter,wrong"], 2, "but found 'wrong'"),
    (["completion", "tcsh"], 2, "one of bash, zsh, fish for `--shell`"),
    (["vocabulary", "lop5"], 3, "nothing at 'lop5'"),
    (["data", "report", "problems.xls"], 3, "Did you mean problems.jsonl?"),
    (["serve", "lop5"], 4, "Train again: mathpal fit --config"),
    (["serve", "empty"], 4, "a run folder with gguf/*.gguf, but found empty without one"),
    (["chat", "sound"], 4, "Write it: mathpal export sound --formats gguf:q8_0"),
    (["export", "lop5"], 5, "a run with trained weights"),
    (["export", "empty"], 5, "empty without one"),
    (["export", "bad.yaml"], 5, "bad.yaml which is another file"),
    (["improve", "lop5"], 5, "a run with trained weights"),
    (["improve", "empty"], 2, "mathpal fit --config quickstart"),
    (["improve", "sound"], 2, "mathpal export sound --formats adapter"),
    (["test", "lop5"], 5, "Train again: mathpal fit --config"),
    (["validate", "empty"], 5, "empty without one"),
    (["predict", "lop5", "problems.jsonl"], 5, "Train again: mathpal fit --config"),
    (["fit", "--config", "sft", "--data.train", "problems.jsonl", "--ckpt_path", "last"], 5, "put --overwrite in its place"),
    (["report", "empty"], 2, "a folder without them"),
    (["compare", "lop5", "empty"], 2, "a folder without them"),
    (["data", "report", "empty"], 3, "files of rows in empty"),
    (["data", "pairs", "--model", "lop5", "--out", "pairs.jsonl"], 5, "a run with trained weights"),
    (["data", "generate"], 2, "For example: mathpal data generate practice.jsonl --count 1000 --grades 4,5"),
    (
        ["compare"],
        2,
        "`mathpal compare FIRST SECOND`, but found nothing. For example: mathpal compare lop5 lop5-longer",
    ),
    (["compare", "lop5"], 2, "but found no SECOND. For example: mathpal compare lop5 lop5-longer"),
    (["migrate"], 2, "For example: mathpal migrate old.yaml --out new.yaml"),
    (["vocabulary"], 2, "Expected `mathpal vocabulary ROWS`, but found nothing."),
    (["bench"], 2, "Begin with: mathpal bench --config quickstart"),
    (["predict"], 2, "mathpal predict outputs/NAME questions.xlsx"),
    (
        ["data", "report", "problems.jsonl", "more.jsonl"],
        2,
        "SOURCE` and flags, but found 'more.jsonl'. Give one file",
    ),
    (["data", "report", "problems.jsonl", "--columns.question", "Đề", "bài"], 2, "Put quotes around a value with spaces"),
    (["doctor", "more"], 2, "`mathpal doctor` and flags, but found 'more'. `mathpal doctor --help` has examples."),
    (["fit", "--config", "sft", "--data.train", "problems.jsonl", "--grades", "4"], 2, OF_A_FILE.format("--grades") + MIXED),
    (
        ["fit", "--config", "sft", "--data.train", "[problems.jsonl, Bài tập 12.jsonl]", "--levels", "1"],
        2,
        "--data.train '{problems.jsonl: 1, Bài tập 12.jsonl: 1, generated: 2}'",
    ),
    (["preflight", "--config", "sft", "--data.train", "problems.jsonl", "--data.generator.count=9"], 2, MIXED),
    (["test", "sound", "--data.test", "problems.jsonl", "--topics", "sums"], 2, OF_A_FILE.format("--topics")),
    (["predict", "sound", "problems.jsonl", "--levels", "1"], 2, OF_A_FILE.format("--levels")),
    (["data", "report", "problems.jsonl", "--generator.grades", "4"], 2, OF_A_FILE.format("--generator.grades")),
    (["data", "pairs", "--problems=problems.jsonl", "--generator.seed=4"], 2, OF_A_FILE.format("--generator.seed")),
    (["fit", "--config", "sft", "--data.train", "{problems.jsonl: 1, generated 2}"], 3, "its weight: generated: 2"),
    (["fit", "--config", "sft", "--data.train", "{problems.jsonl 1, generated: 2}"], 3, "its weight: problems.jsonl: 1"),
    (["fit", "--config", "sft", "--data.train", "{problems.jsonl: 1, genrated: 2}"], 3, "Did you mean generated?"),
    (["data", "report", "Bài", "tập", "12.jsonl"], 2, "Put quotes around it: 'Bài tập 12.jsonl'"),
    (["fit", "--config", "sft", "--data.train", "Bài", "tập", "12.jsonl", "--name", "x"], 2, "around it: 'Bài tập 12.jsonl'"),
    (["fit", "--config", "sft", "--data.train=Bài", "tập", "12.jsonl"], 2, "around it: 'Bài tập 12.jsonl'"),
    (["predict", "sound", "Bài", "tập", "12.jsonl"], 2, "around it: 'Bài tập 12.jsonl'"),
    (["test", "lớp", "5A"], 2, "around it: 'lớp 5A'"),
    (["test", "outputs/lớp", "5A/gguf/model.gguf"], 2, "around it: 'outputs/lớp 5A/gguf/model.gguf'"),
    (
        ["fit", "--config", "sft", "--data.train", "Bài tập 12.jsonl", "problems.jsonl", "--name", "x"],
        2,
        "Write several files as a list: --data.train '[Bài tập 12.jsonl, problems.jsonl]'",
    ),
    (["fit", "problems.jsonl", "--name", "x"], 2, "In its place write: --config own_data_laptop --data.train problems.jsonl"),
    (["fit", "--config", "sft", "--name", "x", "problems.jsonl"], 2, "In its place write: --data.train problems.jsonl"),
    (["fit", "--config", "sft", "--name", "lop", "5"], 2, "around the whole value: --name 'lop 5'"),
    (["test", "sound", "problems.jsonl"], 2, "For a file of rows: mathpal test RUN --data.test problems.jsonl"),
    (["serve", "lop5", "--port", "80a"], 2, "a number for `--port`, but found '80a'. For example 8080."),
]
CONFIGS = {
    "lr.yaml": "model:\n  lr: 1e-4\n",
    "tab.yaml": "model:\n\tmodel_name: x\n",
    "no_colon.yaml": "model:\n  model_name x\n",
    "list.yaml": "- a\n- b\n",
    "empty.yaml": "",
    "config.toml": '[model]\nmodel_name = "x"\n',
    "trl.yaml": "model_name_or_path: x\nlearning_rate: 2e-4\n",
    "words.yaml": "data:\n  order: easy\n",
    "percent.yaml": "data:\n  validation_share: 10%\n",
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of problems, a run that ended early, one with a checkpoint, and an empty folder."""
    run = tmp_path / "outputs" / "lop5"
    run.mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    sound = tmp_path / "outputs" / "sound"
    (sound / "checkpoints").mkdir(parents=True)
    (sound / "checkpoints" / "last.ckpt").touch()
    (sound / "config.yaml").write_text("name: sound\noutput_dir: outputs\n", encoding="utf-8")
    (run / "config.yaml").write_text("name: lop5\noutput_dir: outputs\n", encoding="utf-8")
    (tmp_path / "problems.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("model:\n  lora_rank: 3\n", encoding="utf-8")
    (tmp_path / "old.yaml").write_text("training:\n  max_steps: 3\nlora:\n  r: 16\n", encoding="utf-8")
    for name, text in CONFIGS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "zipped.xlsx").write_bytes(b"PK\x03\x04\xff\xc7")
    (tmp_path / "Bài tập 12.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "outputs" / "lớp 5A" / "gguf").mkdir(parents=True)
    (tmp_path / "outputs" / "lớp 5A" / "gguf" / "model.gguf").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("words", "status", "said"), MISTAKES, ids=lambda value: str(value)[:60])
def test_a_mistake_names_the_way_out(words: list[str], status: int, said: str, desk: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main(words)
    shown = capsys.readouterr().err
    assert left.value.code == status, shown
    assert said in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["test", "lớp 5"], "mathpal fit --config '{desk}/outputs/lớp 5/config.yaml' --overwrite\n"),
        (["improve", "lớp 6"], "mathpal export 'lớp 6' --formats adapter."),
        (["test", "lớp 7"], "Did you mean `mathpal test 'lớp 6'`?"),
        (["predict", "bài 12.jsonl"], "mathpal predict RUN 'bài 12.jsonl'."),
        (["fit", "--config", "cũ 1.yaml"], "mathpal migrate 'cũ 1.yaml' --out new.yaml"),
    ],
)
def test_a_name_with_spaces_is_quoted_in_the_command_that_is_told(
    words: list[str], said: str, desk: Path, capsys: pytest.CaptureFixture[str]
):
    """Pasted without its quotes, the told command ended in another error."""
    (desk / "outputs" / "lop5").rename(desk / "outputs" / "lớp 5")
    (desk / "outputs" / "sound").rename(desk / "outputs" / "lớp 6")
    (desk / "problems.jsonl").rename(desk / "bài 12.jsonl")
    (desk / "old.yaml").rename(desk / "cũ 1.yaml")
    with pytest.raises(SystemExit):
        main(words)
    assert said.format(desk=desk) in capsys.readouterr().err


def test_a_number_called_rows_is_no_file(desk: Path):
    """The example of its own help page was refused: nothing at '2'."""
    words = ["problems.jsonl", "--rows", "2", "--first=10"]
    assert flags_of_command("data preview", "data", "preview", words) == words


def test_a_function_takes_the_key_of_a_config(desk: Path):
    """The message about wrong columns names `--data.columns.question`, for a fit."""
    words = ["problems.jsonl", "--data.columns.question", "Bài toán", "--data.columns.solution=Giải"]
    wanted = ["problems.jsonl", "--columns.question", "Bài toán", "--columns.solution=Giải"]
    assert flags_of_command("data report", "data", "report", words) == wanted


def test_mistakes_are_answered_at_once_and_load_nothing_heavy(desk: Path):
    """Many mistakes in one Python: a start of Python itself takes a tenth of a second. Its processor time counts."""
    calls = "\n".join(f"try: main({words!r})\nexcept SystemExit: pass" for words, *_ in MISTAKES)
    script = SCRIPT.format(calls=calls)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", cwd=desk)
    heavy, seconds = done.stdout.rsplit(maxsplit=1)
    assert heavy == "[]", done.stderr
    assert done.stderr.count("mathpal: Expected") == len(MISTAKES)
    assert float(seconds) < 0.5 * len(MISTAKES)


def test_a_fit_may_export_nothing(desk: Path):
    early.refuse_early("fit", ["--data.train", "problems.jsonl", "--export.formats", "[]"])


def test_preflight_reports_a_missing_file_in_its_table(desk: Path):
    early.refuse_early("preflight", ["--data.train", "missing.jsonl"])


def test_names_of_files_are_those_that_the_readers_know():
    assert set(DATA_FILES) == {*SUFFIXES, *COMPRESSED}


@pytest.mark.parametrize("named", ["generated", "owner/name", "owner/name:main:train", "rows/*.jsonl", "problems.jsonl"])
def test_what_may_be_there_is_left_to_the_readers(named: str, desk: Path):
    require_rows(named)
