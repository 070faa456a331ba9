"""Mistakes are answered before torch is imported: in less than half a second, with the nearest right word."""

import subprocess
import sys
from pathlib import Path

import pytest

from mathpal_lightning.cli import early
from mathpal_lightning.cli.main import main
from mathpal_lightning.data.readers import COMPRESSED, SUFFIXES

HEAVY = "torch, transformers, lightning, unsloth, datasets, jsonargparse, rich"
SCRIPT = f"""
import sys, time
from mathpal_lightning.cli import main
{{calls}}
print([name for name in "{HEAVY}".split(", ") if name in sys.modules], time.process_time())
"""
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
    (["fit", "--config", "sft", "--model.adapter", "outputs/lop5/adaptr"], 4, "outputs/lop5/adaptr"),
    (["fit", "--config", "sft", "--ckpt_path", "no.ckpt"], 5, "no.ckpt"),
    (["fit", "--config", "sft", "--data.train", "problems.jsonl", "--name", "lop5"], 2, "--overwrite"),
    (["fit", "--config", "outputs/lop5/config.yaml"], 2, "files in outputs/lop5"),
    (["test", "lop"], 5, "Did you mean `mathpal test lop5`?"),
    (["test"], 2, "mathpal test outputs/NAME"),
    (["predict", "lop5", "questions.jsonl"], 3, "questions.jsonl"),
    (["predict", "lop5", "problems.jsonl", "more"], 2, "'more'"),
    (["serve", "lop"], 4, "Did you mean `mathpal serve lop5`?"),
    (["serve"], 2, "mathpal serve --help"),
    (["serve", "--prot", "3"], 2, "Did you mean `--port`?"),
    (["export", "--run", "no/such"], 5, "no/such"),
    (["data", "reprot"], 2, "Did you mean `mathpal data report`?"),
    (["data", "report"], 2, "mathpal data report --help"),
    (["data", "report", "probems.jsonl"], 3, "Did you mean problems.jsonl?"),
    (["data", "generate", "out.jsonl", "--grade", "4"], 2, "Did you mean `--grades`?"),
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of problems and a run."""
    run = tmp_path / "outputs" / "lop5"
    run.mkdir(parents=True)
    (run / "config.yaml").write_text("name: lop5\noutput_dir: outputs\n", encoding="utf-8")
    (tmp_path / "problems.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("model:\n  lora_rank: 3\n", encoding="utf-8")
    (tmp_path / "old.yaml").write_text("training:\n  max_steps: 3\nlora:\n  r: 16\n", encoding="utf-8")
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


def test_mistakes_are_answered_at_once_and_load_nothing_heavy(desk: Path):
    """Many mistakes in one Python: a start of Python itself takes a tenth of a second. Its processor time counts."""
    calls = "\n".join(f"try: main({words!r})\nexcept SystemExit: pass" for words, *_ in MISTAKES)
    script = SCRIPT.format(calls=calls)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", cwd=desk)
    heavy, seconds = done.stdout.rsplit(maxsplit=1)
    assert heavy == "[]", done.stderr
    assert done.stderr.count("mathpal: Expected") == len(MISTAKES)
    assert float(seconds) < 0.5 * len(MISTAKES)


def test_preflight_reports_a_missing_file_in_its_table(desk: Path):
    early.refuse_early("preflight", ["--data.train", "missing.jsonl"])


def test_names_of_files_are_those_that_the_readers_know():
    assert set(early.DATA_FILES) == {*SUFFIXES, *COMPRESSED}


@pytest.mark.parametrize("named", ["generated", "owner/name", "owner/name:main:train", "rows/*.jsonl", "problems.jsonl"])
def test_what_may_be_there_is_left_to_the_readers(named: str, desk: Path):
    early.require_rows(named)
