"""`mathpal compare`: two runs on the same problems, their shares with intervals and McNemar's test."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from mathpal_lightning.cli.main import main
from mathpal_lightning.commands.compare import sentence
from mathpal_lightning.evaluation.scores.graded import graded, scores_of
from mathpal_lightning.evaluation.scores.problem_set import set_digest
from mathpal_lightning.evaluation.statistics import Comparison, mcnemar
from mathpal_lightning.run import RunFolder
from mathpal_lightning.run.samples import keep_samples
from mathpal_lightning.schema import GradedSample, Row, Turn

PROBLEMS = [(f"Tính {n} + 1.", f"{n} + 1 = {n + 1}\nĐáp số: {n + 1}") for n in range(20)]


CHAT = Row(
    (
        Turn("system", "Trả lời ngắn."),
        Turn("user", "Một sợi dây dài 50 cm. Hỏi sợi dây dài bao nhiêu mét?"),
        Turn("assistant", "Đáp số: 0,5 m"),
        Turn("user", "Vậy sợi dây dài bao nhiêu đề-xi-mét?"),
        Turn("assistant", "Đáp số: 5 dm"),
    )
)


def _evaluated(folder: Path, solved: set[int], problems=PROBLEMS, moment: str = "test") -> Path:
    """A run folder with one more evaluation, in which the problems of `solved` are right."""
    folder.mkdir(exist_ok=True)
    samples = [
        GradedSample(question, gold, gold if n in solved else "Đáp số: 99", None, None, None, "wrong")
        for n, (question, gold) in enumerate(problems)
    ]
    file = folder / ("test_samples.jsonl" if moment == "test" else "samples.jsonl")
    with file.open("a", encoding="utf-8") as lines:
        for sample in samples:
            lines.write(json.dumps({"moment": moment} | asdict(sample), ensure_ascii=False) + "\n")
    RunFolder.of(folder).note(evaluation={moment: {"problems": len(samples), "gold_unreadable": 0}})
    return folder


def test_two_runs_on_the_same_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    first = _evaluated(tmp_path / "a", set(range(8)))
    second = _evaluated(tmp_path / "b", set(range(2, 20)), PROBLEMS)
    main(["compare", str(first), str(second), "--json"])
    said = json.loads(capsys.readouterr().out)
    expected = mcnemar([n < 8 for n in range(20)], [n >= 2 for n in range(20)])
    assert (said["only_first"], said["only_second"], said["p_value"]) == (2, 12, expected.p_value)
    assert [run["right"] for run in said["runs"]] == [8, 18]
    assert said["runs"][0]["interval"] == [0.2188, 0.6134]
    assert said["digest"] == set_digest(PROBLEMS)


def test_for_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    runs = [str(_evaluated(tmp_path / name, set(range(count)))) for name, count in (("a", 5), ("b", 20))]
    main(["compare", *runs])
    said = " ".join(capsys.readouterr().out.split())
    assert "25.0 %" in said
    assert "100.0 %" in said
    assert sentence(Comparison(0, 15, 2 / 2**15), 20) in said
    main(["compare", *runs, "--lang", "vi"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Trong 20 bài, 0 bài chỉ lần chạy thứ nhất giải đúng, 15 bài chỉ lần thứ hai giải đúng" in said
    assert "p < 0,001, khó có thể là ngẫu nhiên." in said
    assert "25,0 %" in said


def test_only_the_last_evaluation_counts_and_verdicts_are_judged_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    first = _evaluated(_evaluated(tmp_path / "a", set()), {0, 1}, PROBLEMS[:10])
    second = _evaluated(tmp_path / "b", {0, 1, 2}, PROBLEMS[:10][::-1])
    main(["compare", str(first), str(second), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert said["problems"] == 10
    assert [run["right"] for run in said["runs"]] == [2, 3]
    assert (said["only_first"], said["only_second"]) == (2, 3), "paired by question: the second file is in another order"


def test_an_evaluation_of_the_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    runs = [str(_evaluated(tmp_path / name, {1}, moment="after")) for name in ("a", "b")]
    main(["compare", *runs, "--moment", "after", "--json"])
    assert json.loads(capsys.readouterr().out)["p_value"] == 1


@pytest.mark.parametrize(
    "others", [PROBLEMS[:19], [*PROBLEMS[:19], ("Tính 5 + 5.", "Đáp số: 10")], [*PROBLEMS[:19], (PROBLEMS[19][0], "Đáp số: 2")]]
)
def test_different_problems_or_references_are_refused(tmp_path: Path, others, capsys: pytest.CaptureFixture[str]):
    first, second = _evaluated(tmp_path / "a", {1}), _evaluated(tmp_path / "b", {1}, others)
    with pytest.raises(SystemExit) as left:
        main(["compare", str(first), str(second)])
    assert left.value.code == 2
    assert "the same problems" in capsys.readouterr().err


def test_a_run_beside_itself_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    _evaluated(tmp_path / "a", {1})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["compare", "a", str(tmp_path / "a")])
    assert "Expected two runs, but found" in capsys.readouterr().err


def test_a_run_that_was_never_tested_is_named_with_the_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    first = _evaluated(tmp_path / "a", {1})
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "config.yaml").touch()
    with pytest.raises(SystemExit):
        main(["compare", str(first), str(tmp_path / "b")])
    said = capsys.readouterr().err
    assert f"none in {tmp_path / 'b'}" in said
    assert f"mathpal test {tmp_path / 'b'}`, or name another moment with --moment (it has no other either)" in said


def test_half_a_line_of_a_killed_evaluation_is_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    first = _evaluated(tmp_path / "a", {1})
    with (first / "test_samples.jsonl").open("a", encoding="utf-8") as lines:
        lines.write('{"question": "Tính')
    main(["compare", str(first), str(_evaluated(tmp_path / "b", {1})), "--json"])
    assert json.loads(capsys.readouterr().out)["problems"] == 20


def test_a_chat_is_judged_by_its_last_question_and_read_from_where_the_summary_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The first question asks for cm, the last for dm: judged by both, the reference itself was no answer to both."""
    for name in ("a", "b"):
        run = RunFolder(tmp_path / name)
        run.path.mkdir()
        samples = [graded(CHAT, CHAT.solution, 1), graded(Row(CHAT.turns[-2:]), "Đáp số: 9 dm", 1)]
        keep_samples(tmp_path / "elsewhere" / name, "test", samples)
        run.note(evaluation={"test": scores_of(samples) | {"samples": str(tmp_path / "elsewhere" / name)}})
    main(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert (said["problems"], [run["right"] for run in said["runs"]]) == (2, [1, 1])


def test_samples_that_are_missing_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    first = _evaluated(tmp_path / "a", {1})
    file = first / "test_samples.jsonl"
    file.write_text(file.read_text(encoding="utf-8")[:-30], encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["compare", str(first), str(_evaluated(tmp_path / "b", {1}))])
    assert left.value.code == 3
    assert "the 20 graded samples in" in capsys.readouterr().err
