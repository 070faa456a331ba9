"""report.html: the verdict first, nothing loaded from anywhere, and readable on a telephone, in the dark and on paper."""

import json
import re
from pathlib import Path

import pytest

from mathpal_lightning.commands.report import report
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.report.page import comparison_page, report_page, write_report
from mathpal_lightning.report.reported_run import read_run
from mathpal_lightning.report.words import Language, words
from tests.report.made_runs import made_run, with_other_problems, with_test
from tests.serving.browser import CHROMIUM, Browser

OLD_RUN = Path(__file__).parents[1] / "fixtures" / "old_run" / "tiny"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_run(tmp_path_factory.mktemp("outputs") / "lop5")


@pytest.fixture(scope="module")
def page(run: Path) -> str:
    return report_page(run)


def test_the_verdict_comes_first(page: str):
    after_heading = page.split("</h1>")[1]
    assert after_heading.index("The model has learned: it solves 40 of 60 problems") < 100
    assert "34 were solved only after and 0 only before" in after_heading


@pytest.mark.parametrize("part", ["scores", "curves", "samples", "data", "speed", "checks", "next", "config"])
def test_every_part_is_there(page: str, part: str):
    assert f'<section id="{part}">' in page


def test_it_loads_nothing_and_runs_nothing(page: str):
    assert not re.search(r"<(script|link|img|iframe|object|embed)\b", page)
    assert not re.search(r"(src|href)=[\"']?(?!#)[^\"' >]", re.sub(r'xlink:href="#[^"]*"|xmlns[:\w]*="[^"]*"', "", page))
    assert "url(http" not in page


def test_what_a_model_wrote_stays_text(page: str):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_mathematics_is_mathml_and_curves_are_svg_in_the_page_s_colour(page: str):
    assert "<mfrac>" in page
    assert len(re.findall(r'<svg role="img" aria-label="[^"]+"', page)) == 3  # this run has no rewards
    assert "currentColor" in page
    assert "#010203" not in page


def test_grades_and_topics_have_their_own_scores(page: str):
    assert "grade 4" in page
    assert "grade 5" in page
    assert "Phép cộng số thập phân" in page


def test_in_vietnamese_no_english_heading_is_left(run: Path):
    english = {text for key, text in words("en").items() if "{" not in text and words("vi")[key] != text and len(text) > 12}
    page = report_page(run, "vi")
    assert "Mô hình đã học được: giải đúng 40 trên 60 bài (66,7\N{NO-BREAK SPACE}%" in page
    assert not [text for text in english if f">{text}<" in page]


@pytest.mark.parametrize(("language", "decimal"), [("en", "1.234 kg"), ("vi", "1,234 kg")])
def test_an_answer_has_the_decimal_sign_of_the_page(language: Language, decimal: str, tmp_path: Path):
    """In Vietnam 1.234 kg is more than a ton."""
    run = made_run(tmp_path / "run")
    kept = [json.loads(line) for line in (run / "samples.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps(sample | {"answer": "1.234 kg", "gold_answer": ["1.234 kg"]}) for sample in kept]
    (run / "samples.jsonl").write_text("\n".join(lines), encoding="utf-8")
    page = report_page(run, language)
    assert page.count(decimal) > 2
    assert page.count(decimal) == page.count("1.234 kg") + page.count("1,234 kg")


def test_both_languages_have_every_text_with_the_same_values():
    for key, text in words("en").items():
        places = [sorted(re.findall(r"\{(\w+)\}", of)) for of in (text, words("vi")[key])]
        assert places[0] == places[1], key


@pytest.mark.parametrize("kept", ["config.yaml", "summary.json"])
def test_a_run_with_hardly_any_files_has_a_page(run: Path, tmp_path: Path, kept: str):
    (tmp_path / kept).write_bytes((run / kept).read_bytes())
    assert "<h1>" in report_page(tmp_path)


def test_a_run_of_an_earlier_version_has_a_page():
    page = report_page(OLD_RUN)
    assert "The model has not learned to solve these problems: 0 of 4." in page


def test_half_a_line_of_a_killed_run_is_passed_over(run: Path, tmp_path: Path):
    copied = made_run(tmp_path / "killed")
    with (copied / "samples.jsonl").open("a", encoding="utf-8") as lines:
        lines.write('{"moment": "after", "quest')
    with (copied / "metrics.csv").open("a", encoding="utf-8") as lines:
        lines.write("40,0.")
    assert "it solves 40 of 60" in report_page(copied)


def test_damaged_bytes_of_a_curve_are_passed_over(tmp_path: Path):
    copied = made_run(tmp_path / "damaged")
    with (copied / "metrics.csv").open("ab") as lines:
        lines.write(b"40,\xff\x00\xfe,0.75,140\n")
    curves = read_run(copied).curves
    assert 40 not in curves["train/loss"]
    assert curves["val/exact_match"][40] == 0.75
    assert "it solves 40 of 60" in report_page(copied)


def test_without_a_readable_reference_there_is_no_interval(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    copied = made_run(tmp_path / "unreadable")
    text = re.sub(r'"verdict": "\w+"', '"verdict": "gold_unreadable"', (copied / "samples.jsonl").read_text(encoding="utf-8"))
    (copied / "samples.jsonl").write_text(text, encoding="utf-8")
    report([str(copied)], json=True)
    after = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)[0]["scores"]["after"]
    assert after == {"solved": 0, "problems": 0, "interval": None, "strict": None}


def test_no_run_is_named_with_the_way_out(tmp_path: Path):
    with pytest.raises(ConfigError, match="mathpal data report FILE"):
        report_page(tmp_path / "nothing")


def test_runs_inside_the_noise_are_said_to_be_equal(run: Path, tmp_path: Path):
    page = comparison_page([run, made_run(tmp_path / "near", after=43, rate=5e-4)])
    assert "No run is better than lop5 by more than chance would explain." in page
    assert "of 60 shared problems 3 solved only here, 0 only there" in page
    assert "<code>model.learning_rate</code>" in page


def test_a_better_run_is_named(run: Path, tmp_path: Path):
    assert "better solve more problems than lop5" in comparison_page([run, made_run(tmp_path / "better", after=58)])


@pytest.mark.parametrize("other_problems", [False, True])
def test_the_test_problems_that_all_runs_tried_are_compared(tmp_path: Path, other_problems: bool):
    first, second = (with_test(made_run(tmp_path / name), solved) for name, solved in (("lop5", 20), ("lop5b", 55)))
    page = comparison_page([first, with_other_problems(second) if other_problems else second])
    assert "lop5b solve more problems than lop5; the difference is larger than chance explains." in page
    assert "of 60 shared problems 35 solved only here, 0 only there" in page
    assert "<strong>What is compared:</strong> test problems" in page
    assert "test_samples.jsonl" in page


def test_runs_of_the_same_name_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    solved = {"a/lop5": 20, "b/lop5": 50, "c/lop5": 21}
    page = comparison_page([made_run(Path(path), after=after) for path, after in solved.items()])
    assert "<h1>Comparison of a/lop5, b/lop5, c/lop5</h1>" in page
    assert "b/lop5 solve more problems than a/lop5; the difference is larger than chance explains." in page
    assert page.count("<summary>config.yaml: c/lop5</summary>") == 1


def test_of_runs_without_a_problem_in_common_nothing_is_said(run: Path, tmp_path: Path):
    near, other = made_run(tmp_path / "near", after=43), with_other_problems(made_run(tmp_path / "other", after=58))
    alone = comparison_page([run, other])
    nothing = "other: no problem in common with lop5, so nothing can be said of which is better."
    assert f'<p class="verdict">{nothing}</p>' in alone
    assert f"No run is better than lop5 by more than chance would explain. {nothing}" in comparison_page([run, near, other])


def test_tests_on_different_problems_leave_the_held_out_ones_to_compare(tmp_path: Path):
    first, second = (with_test(made_run(tmp_path / name, after=after), 30) for name, after in (("lop5", 20), ("lop5b", 55)))
    page = comparison_page([first, with_other_problems(second, "test_samples.jsonl")])
    assert "lop5b solve more problems than lop5" in page
    assert "<strong>What is compared:</strong> after training" in page


def test_one_run_alone_is_no_comparison(run: Path):
    with pytest.raises(ConfigError, match="two runs or more"):
        comparison_page([run])


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
def test_a_real_browser_shows_it_on_a_telephone_in_the_dark_and_on_paper(run: Path, tmp_path: Path):
    file = write_report(run)
    with Browser(tmp_path / "profile") as browser:
        browser.open(file.as_uri())
        assert browser.read("document.querySelector('.verdict').getBoundingClientRect().top < 200")
        assert browser.read("document.querySelectorAll('svg text').length") > 10
        light = browser.read("getComputedStyle(document.body).backgroundColor")
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        dark = browser.read("getComputedStyle(document.body).backgroundColor")
        assert light != dark
        assert browser.read("getComputedStyle(document.querySelector('svg text')).fill") == "rgb(230, 237, 248)"
        browser.resize(360, 740)
        assert browser.read("document.documentElement.scrollWidth") <= 360
        browser.call("Emulation.setEmulatedMedia", media="print")
        assert browser.read("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert [url for url in browser.requested if not url.startswith("file:")] == []
