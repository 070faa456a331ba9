"""The pages in configs/: every key explained in complete.yaml, and each page trains a step."""

import json
import re
from pathlib import Path

import pytest
import yaml

from mathpal_lightning.cli.keys import is_known, signatures
from mathpal_lightning.cli.main import main
from mathpal_lightning.curriculum import generate_problems

CONFIGS = Path(__file__).parents[2] / "configs"
OVERLAYS = ("ddp", "fsdp", "nodes")
OF_AN_ADAPTER = {
    "dpo": ["--data.train=generated", "--data.generator.count=30", "--data.generator.validation_count=4"],
    # A random model is never right: its solutions are rewarded for an odd length, where they end by themselves.
    "grpo": [
        "--model.policy.rewards={tests.rewards.odd_length: 1.0}",
        "--model.policy.temperature=20.0",
        "--model.max_new_tokens=60",
    ],
}
"""They go on from an adapter, and what they need here besides."""
PROFILES = sorted(file.stem for file in CONFIGS.glob("*.yaml") if file.stem not in (*OVERLAYS, *OF_AN_ADAPTER))


def keys_of(settings: object, above: str = "") -> list[str]:
    """The full names of all keys."""
    if not isinstance(settings, dict) or (above and not any(section == above for section, _ in signatures())):
        return [above]
    return [key for name, value in settings.items() for key in keys_of(value, f"{above}.{name}".lstrip("."))]


def test_the_complete_page_has_every_key_with_its_meaning():
    text = (CONFIGS / "complete.yaml").read_text(encoding="utf-8")
    shown = set(keys_of(yaml.safe_load(text)))
    linked = {"data.objective", "trainer.default_root_dir"}  # set by other keys
    known = {f"{section}.{each.name}" for section, of in signatures() for each in of.arguments if not each.section}
    assert sorted(known - shown - linked) == [], "run `python -m tests.complete_config`"
    assert [key for key in shown if not is_known(key)] == []
    lines = text.splitlines()
    unexplained = [
        line for before, line in zip(lines, lines[1:], strict=False) if re.match(r" +\w+:", line) and "#" not in before
    ]
    assert len(unexplained) < 30  # the first key of a section that is explained by its own name


@pytest.mark.parametrize("name", PROFILES)
def test_a_page_says_how_to_launch_it_and_what_it_costs(name: str):
    text = (CONFIGS / f"{name}.yaml").read_text(encoding="utf-8")
    head = text.split("\n\n")[0]
    assert re.search(rf"mathpal fit --config (configs/)?{name}(\.yaml)?\b", head)
    assert re.search(r"\d+ ?GB|\d+ minutes|estimates|RESULTS\.md", head)
    settings = yaml.safe_load(text)
    assert [key for key in keys_of(settings) if not is_known(key)] == []
    assert settings["name"] == {"own_data_laptop": "own"}.get(name, name)


@pytest.mark.parametrize("grade", range(1, 10))
def test_a_page_for_each_grade(grade: int):
    settings = yaml.safe_load((CONFIGS / f"grade{grade}.yaml").read_text(encoding="utf-8"))
    assert settings["data"]["generator"]["grades"] == [grade]


@pytest.mark.parametrize("grade", range(1, 10))
def test_the_problems_of_a_grade_fit_into_its_rows(grade: int):
    """More than 5 % that are too long end a fit before it begins. In the small vocabulary a character is about 0.6 tokens."""
    settings = yaml.safe_load((CONFIGS / f"grade{grade}.yaml").read_text(encoding="utf-8"))
    problems = generate_problems(300, seed=1, grades=[grade], mistakes=False)
    long = [p for p in problems if 0.6 * len(p.question + p.solution) > settings["data"]["max_length"]]
    assert len(long) <= 0.025 * 300


@pytest.mark.slow
@pytest.mark.parametrize("name", [*PROFILES, *OF_AN_ADAPTER])
def test_a_page_trains_a_step(name: str, gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"question": f"Tính: {number} + 1", "solution": f"Đáp số: {number + 1}"} for number in range(60)]
    (tmp_path / "problems.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    small = ["--data.train=problems.jsonl", "--data.validation_share=0.2", "--trainer.max_steps=1", "--evaluation.problems=2"]
    small += [
        f"--model.model_name={gemma3_folder}",
        "--model.vocabulary=full",
        "--model.backend=transformers",
        "--model.bits=16",
        "--model.keep_dequantized=false",
    ]
    small += ["--model.optimizer=adamw", "--model.compile=false", "--model.max_new_tokens=4", "--export.formats=[adapter]"]
    small += ["--evaluation.sample=1", "--trainer.accumulate_grad_batches=1", "--trainer.val_check_interval=null"]
    main(
        [
            "fit",
            "--config",
            name,
            *small,
            *OF_AN_ADAPTER.get(name, ()),
            "--trainer.accelerator=cpu",
            "--no_comet",
            "--checkpoint.monitor=null",
            "--checkpoint.keep=1",
            "--name=one",
        ]
    )
    assert (tmp_path / "outputs" / "one" / "adapter").is_dir()
