"""`mathpal chat` as a user types into it, and as a pipe does."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from mathpal_lightning.commands.chat import _answer, questions
from mathpal_lightning.serving.choosing import Plan
from mathpal_lightning.serving.honest import NO_MATHEMATICS
from tests.serving.scripted import scripted_llama

COMMAND = [sys.executable, "-m", "mathpal_lightning", "chat", "--threads", "1", "--context", "256", "--run"]


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        (["a\n", "\n", "  b \n", "c"], ["a", "b", "c"]),
        (['"""\n', "a\n", "\n", "b\n", '"""\n', "c\n"], ["\na\n\nb\n", "c"]),
        (['"""a\n', 'b"""\n'], ["a\nb"]),
        (['"""a"""\n', "b\n"], ["a", "b"]),
        (['"""a\n', "b\n"], ["a\nb"]),
        ([], []),
    ],
)
def test_lines_become_questions(lines: list[str], asked: list[str]):
    assert list(questions(lines)) == asked


def test_false_arithmetic_is_marked_and_solved_again(capsys: pytest.CaptureFixture[str]):
    right = "20 + 7 = 27\nĐáp số: 27"
    with scripted_llama(["20 + 7 =", " 22\nĐáp số: 22"], further=[right]) as scripted:
        assert _answer(scripted.llama, "Tính 20 + 7", Plan(most=4))
        assert len(scripted.asked) == 2
        assert _answer(scripted.llama, "Xin chào", Plan())
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "20 + 7 = 22   ✗ 20 + 7 = 27, không phải 22"
    assert said[4:7] == ["Lần giải thứ 2:", "20 + 7 = 27   ✓", "Đáp số: 27   ✓"]
    assert said[8] == "Chỉ 1 trên 2 lần giải cho đáp số này."
    assert said[-2:] == [NO_MATHEMATICS, ""]


def test_a_pipe_is_answered_line_by_line_and_a_bad_line_is_passed_over(run_folder: Path):
    clear = "Tính 20 - 8 rồi cộng thêm 7."  # no two of the model's tokens nearly tie
    problems = f'{clear}\n\n2 <eos>\n"""Tính:\na) 4 x 5\n"""\nTính: 2 + 3\n{clear}\n' + "1 + " * 300
    done = subprocess.run([*COMMAND, str(run_folder)], input=problems, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    solutions = done.stdout.strip().split("\n\n")
    assert len(solutions) == 4
    assert solutions[0] == solutions[3]
    assert not any(ord(sign) < 32 and sign != "\n" for sign in done.stdout), "a terminal obeys control characters"
    assert [line.split(", but found")[0] for line in done.stderr.strip().splitlines()] == [
        "mathpal: Expected a text without control tokens",
        "mathpal: Expected a question that fits the model's context",
    ]


def test_a_llama_cpp_that_is_killed_costs_one_solution(run_folder: Path):
    """The kill comes in one of six solutions: on a busy machine the first may be whole before it."""
    problems = "Tính: 2 + 3\n" * 6
    with subprocess.Popen(
        [*COMMAND, str(run_folder), "--context", "2048"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(problems)
        process.stdin.flush()
        assert process.stdout.read(1)
        (llama,) = psutil.Process(process.pid).children()
        llama.kill()
        out, err = process.communicate(timeout=120)
    broken, after = out.split("[...]\n\n", maxsplit=1)
    assert len(after.strip()) > 20, "the next question is answered"
    assert err.count("llama.cpp broke off in this solution") == 1
    assert "A new one answers after" in err
    assert process.returncode == 4


def test_a_closed_pipe_is_no_error(run_folder: Path):
    command = f"yes 'Tính: 2 + 3' | {' '.join(COMMAND)} {run_folder} | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, encoding="utf-8")
    assert done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("leave", ["\x04", "\x03"], ids=["ctrl-d", "ctrl-c"])
def test_a_terminal_asks_answers_and_is_left_cleanly(run_folder: Path, leave: str):
    pexpect = pytest.importorskip("pexpect", reason="needs pexpect, which ipykernel brings")
    terminal = pexpect.spawn(COMMAND[0], [*COMMAND[1:], str(run_folder)], encoding="utf-8", timeout=120)
    terminal.expect("Ctrl-D")
    for _ in range(2):
        terminal.expect("Đề bài: ")
        terminal.sendline("Tính: 2 + 3")
    terminal.expect("Đề bài: ")
    terminal.send(leave)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert (terminal.exitstatus, terminal.signalstatus) == (0, None)
    assert "Traceback" not in terminal.before
