"""The finished page in a real Chromium: what it reads and writes is what llama.cpp reads and writes."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.export.verify import compare, measure, probe
from mathpal_lightning.export.verify.checks import Verification, check_page, failed_page
from mathpal_lightning.export.verify.compare import verify_page
from mathpal_lightning.export.verify.figures import MeasuredPage
from mathpal_lightning.export.verify.measure import measure_page, parts_at_a_tie
from mathpal_lightning.export.web import page_model, write_web
from mathpal_lightning.llama_cpp import Written
from mathpal_lightning.phone import AnsweredPage, PageAnswer, find_chromium
from mathpal_lightning.run import RunFolder

MISSING = find_chromium() is None or shutil.which("npm") is None


@pytest.mark.skipif(MISSING and not os.environ.get("CI_RUN"), reason="needs Chromium and npm: apt-get install chromium npm")
def test_a_tiny_page_answers_as_llama_cpp_does(
    run_folder: Path, gemma3_folder: Path, tmp_path: Path, user_cache: None, monkeypatch: pytest.MonkeyPatch
):
    # Of random weights, half of whose tokens are single bytes. These two make it write text in its first six tokens, each of
    # which leads by 0.05 nats or more: another processor's rounding changes none.
    problems = (("Tìm x biết: 3 × x - 7 = 20.", "x = 9"), ("Tính 2 + 3", "5"))
    for module in (probe, measure):
        monkeypatch.setattr(module, "PROMPTS", problems)
    monkeypatch.setattr(probe, "MAX_ANSWER_TOKENS", 6)
    run = RunFolder(tmp_path / "lop5")
    (gguf,) = (run_folder / "gguf").glob("*.gguf")
    page = write_web(run, [gguf])
    measured = measure_page(page, gguf, probe.make_probe(load_tokenizer(gemma3_folder)))
    checks = check_page(measured)
    assert [check.line for check in checks if not check.ok] == []
    assert {check.artefact for check in checks} == {"web"}
    assert [answer.tokens for answer in measured.page.answers] == [6, 6]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1 + 4 = 6", False),  # another token than one that led clearly
        ("1 + 4", True),  # ended where llama.cpp hardly preferred to go on
        ("1 + 4. Đáp số: 5", True),
        ("1 + 4 = 5", False),  # the same text: a difference of tokens or of the end is no tie
        ("", False),
    ],
)
def test_answers_may_part_where_two_tokens_tie(text: str, parts: bool):
    written = Written("1 + 4 = 5", 6, True, ((0, 3.0), (1, 2.0), (3, 2.0), (5, 0.01), (7, 4.0), (9, 2.0)))
    assert parts_at_a_tie(text, written) == parts
    assert not parts_at_a_tie(text, replace(written, tokens=()))


def answered(**changes: object) -> MeasuredPage:
    answer = PageAnswer("", 1, "", 1, stopped=True, first_line_s=2.0, tokens_per_s=4.0)
    hits = {"same_prompts": [True] * 4, "same_answers": [True] * 4, "same_ends": [True] * 4} | changes
    return MeasuredPage(**hits, page=AnsweredPage([answer] * 4, 9.0, 3.0, 1))


@pytest.mark.parametrize("name", ["same_prompts", "same_answers", "same_ends"])
def test_one_difference_from_llama_cpp_fails(name: str):
    assert all(check.ok for check in check_page(answered()))
    failed = [check for check in check_page(answered(**{name: [True, True, True, False]})) if not check.ok]
    assert [check.value for check in failed] == ["3 of 4"]
    assert failed[0].likely_cause


def test_a_page_that_does_not_answer_fails():
    (check,) = failed_page("TypeError: no WebAssembly")
    assert not check.ok
    assert "TypeError" in check.line


def test_without_chromium_it_is_said_and_nothing_is_called_ok(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(compare, "find_chromium", lambda: None)
    said: list[str] = []
    checked = verify_page(Verification(()), None, tmp_path, [], said.append)
    assert checked.checks == ()
    assert "not verified" in said[0]
    assert "apt-get install chromium" in said[0]


def test_the_page_holds_the_smallest_gguf(tmp_path: Path):
    for name, size in (("q8_0", 30), ("q4_k_m", 20), ("f16", 60)):
        (tmp_path / f"model-{name}.gguf").write_bytes(bytes(size))
    assert page_model(list(tmp_path.glob("*.gguf"))).name == "model-q4_k_m.gguf"
