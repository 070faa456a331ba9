"""`mathpal data pairs` as a person uses it: from a model, from llama.cpp, from mistakes; killed in the middle; misused."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mathpal_lightning.cli.main import main
from mathpal_lightning.commands import sampler
from mathpal_lightning.commands.pairs import pairs
from mathpal_lightning.commands.sampler import open_sampler
from mathpal_lightning.data import Generator
from mathpal_lightning.errors import CheckpointError, ConfigError, DataError, ModelError, RunInterrupted
from mathpal_lightning.evaluation import grade
from mathpal_lightning.export import write_adapter, write_gguf
from mathpal_lightning.model.sample import Sampling
from tests.commands.conftest import GOLD
from tests.export.conftest import lora_model
from tests.runs import Runs


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_problems(path: Path, number: int = 6) -> str:
    rows = [
        {"question": f"{n} + 1 = ?", "solution": f"{n} + 1 = {n + 1}\nĐáp số: {n + 1}", "topic": "sums"} for n in range(number)
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def problems(tmp_path: Path) -> str:
    return write_problems(tmp_path / "problems.jsonl")


def check_pairs(out: Path, most: int) -> None:
    """Every line is a question of ours with a right and a wrong solution, and no problem has more than `most`."""
    gold = {row.question: row.solution for row in GOLD}
    found = lines_of(out)
    assert found
    for line in found:
        assert list(line) == ["prompt", "chosen", "rejected", "topic"]
        assert grade(line["prompt"], gold[line["prompt"]], line["chosen"])[0] == "correct"
        assert grade(line["prompt"], gold[line["prompt"]], line["rejected"])[0] == "wrong"
        assert line["topic"] == "sums"
    prompts = [line["prompt"] for line in found]
    assert max(map(prompts.count, prompts)) <= most


def test_chats_are_asked_whole_and_written_back_as_chats(tmp_path: Path, capsys):
    def chat(first: str) -> dict[str, Any]:
        turns = [("system", "Ngắn."), ("user", first), ("assistant", "2"), ("user", "Cộng thêm 1?"), ("assistant", "Đáp số: 3")]
        return {"messages": [{"role": role, "content": text} for role, text in turns], "mistakes": ["Đáp số: 4"]}

    chats = [chat("1 + 1 = ?"), chat("4 - 2 = ?")]
    (tmp_path / "chats.jsonl").write_text("\n".join(map(json.dumps, chats)), encoding="utf-8")
    pairs(str(tmp_path / "chats.jsonl"), out=tmp_path / "pairs.jsonl", max_length_ratio=2.0)
    assert "an earlier row has" not in capsys.readouterr().err
    assert [line["prompt"] for line in lines_of(tmp_path / "pairs.jsonl")] == [one["messages"][:-1] for one in chats]


def test_a_model_s_own_solutions_become_pairs_and_rows(guesser: Path, problems: str, tmp_path: Path, capsys):
    out, sft = tmp_path / "made" / "pairs.jsonl", tmp_path / "made" / "right.jsonl"
    arguments = ["--model", str(guesser), "--problems", problems, "--temperature", "1", "--max_new_tokens", "24"]
    main(["data", "pairs", *arguments, "--out", str(out), "--sft", str(sft)])
    check_pairs(out, most=2)
    rows = lines_of(sft)
    assert len(rows) >= 5
    gold = {row.question: row.solution for row in GOLD}
    assert all(grade(row["question"], gold[row["question"]], row["solution"])[0] == "correct" for row in rows)
    kept = lines_of(tmp_path / "made" / "pairs.samples.jsonl")
    assert [len(line["samples"]) for line in kept] == [8] * 6
    printed = capsys.readouterr()
    for expected in ("pass@1", "pass@8", "problems with a pair", "not used: the same again", "pairs"):
        assert expected in printed.out
    right = sum(sample["verdict"] == "correct" for line in kept for sample in line["samples"])
    assert f"{right}  ({right / 48:.1%})" in printed.out
    assert f"pairs in {out}" in printed.err


@pytest.mark.parametrize("kind", ["adapter", "run", "gguf"])
def test_every_kind_of_model_draws(kind: str, guesser: Path, problems: str, tmp_path: Path):
    run = tmp_path / "run"
    if kind == "gguf":
        model = write_gguf(guesser, tmp_path / "model-q8_0.gguf")
    else:
        adapter = write_adapter(lora_model(guesser, std=0.001), run / "adapter")
        model = adapter if kind == "adapter" else run
    out = tmp_path / "pairs.jsonl"
    report = pairs(problems, str(model), out, samples=6, temperature=1.0, max_new_tokens=24, batch_size=4)
    check_pairs(out, most=2)
    assert report.samples == 36
    assert report.cut < 5
    assert report.verdicts["correct"] + report.verdicts["wrong"] > 30
    assert report.pass_at[6] > report.pass_at[1]


def test_a_changed_adapter_is_another_model(guesser: Path, tmp_path: Path):
    digests = set()
    for std in (0.001, 0.002):
        adapter = write_adapter(lora_model(guesser, std=std), tmp_path / str(std))
        digests.add(open_sampler(str(adapter), Sampling(), 8).digest)
    assert len(digests | {open_sampler(str(guesser), Sampling(), 8).digest}) == 3


DYING = """
import os
from itertools import islice
from mathpal_lightning.commands import sampler

draw = sampler.sample_solutions

def dying(*arguments):
    yield from islice(draw(*arguments), 10)
    os.kill(os.getpid(), 9)

sampler.sample_solutions = dying
"""


def test_killed_in_the_middle_it_goes_on_to_the_same_files(runs: Runs, guesser: Path, tmp_path: Path):
    problems = write_problems(tmp_path / "problems.jsonl", 20)

    def run(folder: str, before: str = "") -> int:
        out = ["--out", f"{folder}/pairs.jsonl", "--sft", f"{folder}/right.jsonl"]
        drawn = ["--samples", "4", "--temperature", "1.0", "--max_new_tokens", "24", "--batch_size", "12"]
        command = ["data", "pairs", "--problems", problems, "--model", str(guesser), *out, *drawn]
        return runs.mathpal(*command, cwd=tmp_path, before=before).status

    assert run("whole") == 0
    assert run("killed", before=DYING) == -signal.SIGKILL
    samples = tmp_path / "killed" / "pairs.samples.jsonl"
    assert len(samples.read_bytes().splitlines()) == 10, "in the middle of the fourth batch of three"
    assert not (tmp_path / "killed" / "pairs.jsonl").exists()
    with samples.open("ab") as file:
        file.write(b'{"question": "a line that the kill cut')
    assert run("killed") == 0
    files = sorted(path.name for path in (tmp_path / "whole").iterdir())
    assert files == ["pairs.jsonl", "pairs.samples.json", "pairs.samples.jsonl", "right.jsonl"]
    for name in files:
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_ctrl_c_keeps_what_there_is(guesser: Path, problems: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    draw = sampler.sample_solutions

    def interrupted(*arguments: Any) -> Iterator[Any]:
        samples = draw(*arguments)
        yield next(samples)
        raise KeyboardInterrupt

    monkeypatch.setattr(sampler, "sample_solutions", interrupted)
    out = tmp_path / "pairs.jsonl"
    with pytest.raises(RunInterrupted, match=r"found Ctrl-C; those written so far are kept in .*pairs\.samples\.jsonl"):
        pairs(problems, str(guesser), out, samples=2, max_new_tokens=4)
    assert len(lines_of(tmp_path / "pairs.samples.jsonl")) == 1


def test_other_settings_do_not_mix(guesser: Path, problems: str, tmp_path: Path):
    out = tmp_path / "pairs.jsonl"
    settings: dict[str, Any] = {"samples": 4, "temperature": 1.0, "max_new_tokens": 24}
    pairs(problems, str(guesser), out, **settings)
    first = out.read_bytes()
    with pytest.raises(ConfigError, match=r"a new file, but found .*pairs\.jsonl, which exists"):
        pairs(problems, str(guesser), out, **settings)
    with pytest.raises(ConfigError, match="temperature 1.0, seed 0, but found temperature 0.5, seed 1"):
        pairs(problems, str(guesser), out, **settings | {"temperature": 0.5, "seed": 1}, overwrite=True)
    with pytest.raises(ConfigError, match="begun with: problems .*, but found problems"):
        pairs(write_problems(tmp_path / "other.jsonl", 5), str(guesser), out, **settings, overwrite=True)
    assert out.read_bytes() == first
    pairs(problems, str(guesser), out, **settings, most_pairs=1, overwrite=True)
    check_pairs(out, most=1)


def test_the_syllabus_needs_no_model(tmp_path: Path, capsys):
    out = tmp_path / "pairs.jsonl"
    report = pairs(out=out, generator=Generator(count=60), max_length_ratio=10.0)
    assert report.problems == report.problems_with_pair == 60
    assert len(lines_of(out)) == report.pairs > 100
    assert "pass@" not in capsys.readouterr().out
    main(["data", "generate", str(tmp_path / "problems.jsonl"), "--count", "60"])
    main(
        [
            "data",
            "pairs",
            "--problems",
            str(tmp_path / "problems.jsonl"),
            "--out",
            str(tmp_path / "again.jsonl"),
            "--max_length_ratio",
            "10",
        ]
    )
    assert (tmp_path / "again.jsonl").read_bytes() == out.read_bytes()


def test_a_repeated_question_is_drawn_once(tmp_path: Path, capsys):
    path = tmp_path / "problems.jsonl"
    rows = [{"question": "1 + 1 = ?", "solution": "Đáp số: 2", "mistakes": ["Đáp số: 3"]}] * 2
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert pairs(str(path), out=tmp_path / "pairs.jsonl").problems == 1
    assert "left out 1 with a question that an earlier row has" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({}, DataError, "a column `mistakes` with typical wrong solutions, or a model"),
        ({"model": "nowhere.gguf"}, ModelError, "nowhere.gguf"),
        ({"sft": Path("right.jsonl")}, ConfigError, "a model for --sft"),
        ({"max_length_ratio": 1.0}, ConfigError, "`max_length_ratio` above 1"),
        ({"most_pairs": 0}, ConfigError, "`most_pairs` of at least 1"),
        ({"model": "x", "temperature": 0.0}, ConfigError, "`temperature` above 0"),
        ({"problems": "nowhere.jsonl"}, DataError, "nothing at 'nowhere.jsonl'"),
    ],
)
def test_misuse(settings: dict[str, Any], error: type[Exception], message: str, problems: str, tmp_path: Path):
    with pytest.raises(error, match=message):
        pairs(**{"problems": problems, "out": tmp_path / "pairs.jsonl"} | settings)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["problems.jsonl"]


def test_folders_and_files_that_hold_no_model(tmp_path: Path, gemma3_folder: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CheckpointError, match="empty without one"):
        open_sampler(str(tmp_path / "empty"), Sampling(), 8)


@pytest.mark.parametrize("written", ["Đáp số: 3", 3, ["Đáp số: 3", 3]])
def test_a_mistake_that_is_no_list_of_texts_is_refused(written: object, tmp_path: Path):
    path = tmp_path / "problems.jsonl"
    row = {"question": "1 + 1 = ?", "solution": "Đáp số: 2", "mistakes": written}
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(DataError, match=r"a list of texts in the column `mistakes`, but found .*3.* at .*problems.jsonl:1"):
        pairs(str(path), out=tmp_path / "pairs.jsonl")


def test_when_nothing_is_wrong_there_is_no_pair(problems: str, tmp_path: Path):
    path = tmp_path / "right.jsonl"
    path.write_text(json.dumps({"question": "1 + 1 = ?", "solution": "Đáp số: 2", "mistakes": ["Đáp số: 2"]}), encoding="utf-8")
    with pytest.raises(DataError, match="found 0 of 1, 0 pairs before the balance of lengths"):
        pairs(str(path), out=tmp_path / "pairs.jsonl")
    assert not (tmp_path / "pairs.jsonl").exists()
