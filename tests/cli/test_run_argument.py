"""The name of a run stands for its config, its folder and its checkpoint, from any folder."""

from pathlib import Path

import pytest
import yaml

from mathpal_lightning.cli.flags import lists_from_commas
from mathpal_lightning.cli.keys import known_keys
from mathpal_lightning.cli.named import config_names, find_config, find_run
from mathpal_lightning.cli.run_argument import flags_of_function, flags_of_run, run_or_model
from mathpal_lightning.cli.signature import read_signature
from mathpal_lightning.errors import CheckpointError, ConfigError

SETTINGS = {
    "name": "lop5",
    "output_dir": "outputs",
    "data": {"train": "rows/problems.jsonl", "validation": None, "test": ["exam.jsonl", "generated"], "predict": None},
    "model": {"model_name": "offline-gemma", "adapter": "outputs/first/adapter"},
    "checkpoint": {"dirpath": None},
}


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the run lop5 was trained; the working folder."""
    run = tmp_path / "outputs" / "lop5"
    (run / "checkpoints").mkdir(parents=True)
    (run / "checkpoints" / "last.ckpt").write_bytes(b"")
    (run / "config.yaml").write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    (tmp_path / "outputs" / "first" / "adapter").mkdir(parents=True)
    (tmp_path / "rows").mkdir()
    for name in ("rows/problems.jsonl", "exam.jsonl"):
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_by_its_name(school: Path):
    flags = flags_of_run("test", ["lop5", "--evaluation.problems", "20"])
    assert flags == [
        f"--config={school}/outputs/lop5/config.yaml".replace(f"{school}/", f"{school}/"),
        f"--output_dir={school}/outputs",
        "--name=lop5",
        "--ckpt_path=best",
        "--evaluation.problems",
        "20",
    ]


def test_a_path_and_a_checkpoint(school: Path):
    assert flags_of_run("test", ["outputs/lop5"])[0] == "--config=outputs/lop5/config.yaml"
    assert flags_of_run("test", ["outputs/lop5/checkpoints/last.ckpt"])[-1] == "--ckpt_path=outputs/lop5/checkpoints/last.ckpt"


def test_from_another_folder_the_configs_paths_become_absolute(school: Path, monkeypatch: pytest.MonkeyPatch):
    (school / "rows" / "deep").mkdir()
    monkeypatch.chdir(school / "rows" / "deep")  # outputs/ lies in a folder above
    flags = flags_of_run("predict", ["lop5", "questions.jsonl", "--ckpt_path=last"])
    assert f"--data.train={school}/rows/problems.jsonl" in flags
    assert f'--data.test=["{school}/exam.jsonl", "generated"]' in flags
    assert f"--model.adapter={school}/outputs/first/adapter" in flags
    assert "--data.predict=questions.jsonl" in flags
    assert not any(flag.startswith("--model.model_name") for flag in flags)
    assert flags.index("--ckpt_path=last") > flags.index("--ckpt_path=best")  # the later one wins


def test_a_run_without_checkpoints_has_its_exported_adapter(school: Path):
    (school / "outputs" / "lop5" / "checkpoints" / "last.ckpt").unlink()
    (school / "outputs" / "lop5" / "adapter").mkdir()
    flags = flags_of_run("test", ["lop5"])
    assert flags[-1] == f"--model.adapter={school}/outputs/lop5/adapter"
    assert not any("ckpt_path" in flag for flag in flags)


def test_what_is_no_run_is_refused(school: Path):
    with pytest.raises(CheckpointError, match=r"config\.yaml"):
        flags_of_run("test", ["outputs/first"])
    with pytest.raises(CheckpointError, match=r"lopp.*Did you mean `mathpal test lop5`"):
        flags_of_run("test", ["lopp"])
    with pytest.raises(ConfigError, match="'second'"):
        flags_of_run("test", ["lop5", "second"])


def test_functions_take_a_run_with_and_without_its_flag(school: Path):
    signature = read_signature("commands.export", "export")
    run = f"--run={school}/outputs/lop5"
    assert flags_of_function("export", signature, ["lop5", "--formats", "adapter"]) == [run, "--formats", "adapter"]
    assert flags_of_function("export", signature, ["--formats", "adapter", "lop5"]) == [run, "--formats", "adapter"]
    assert flags_of_function("export", signature, ["--run", "lop5"]) == ["--run", f"{school}/outputs/lop5"]
    assert flags_of_function("export", signature, ["--run=outputs/lop5"]) == ["--run=outputs/lop5"]
    assert run_or_model("lop5") == f"{school}/outputs/lop5"
    assert run_or_model("offline-gemma") == "offline-gemma"
    assert find_run("outputs/lop5", "serve") == Path("outputs/lop5")


def test_lists_with_commas():
    wanted = ["--data.generator.grades=[4, 5]", '--data.generator.topics=["a", "b"]', "--name", "4,5"]
    given = ["--data.generator.grades", "4,5", "--data.generator.topics=a,b", "--name", "4,5"]
    assert lists_from_commas(given, known_keys().get) == wanted
    assert lists_from_commas(["--data.generator.grades", "[4,5]"], known_keys().get) == ["--data.generator.grades=[4,5]"]


def test_configs_by_their_names(school: Path):
    assert "quickstart" in config_names()
    assert find_config("quickstart").name == "quickstart.yaml"
    assert find_config("configs/quickstart.yaml").read_text(encoding="utf-8").startswith("# Quickstart")
    assert find_config("outputs/lop5").name == "config.yaml"
    (school / "quickstart").write_text("name: mine\n", encoding="utf-8")
    assert find_config("quickstart") == Path("quickstart")  # a file of one's own comes first


@pytest.mark.parametrize(
    ("named", "way_out"),
    [
        ("quikstart", "Did you mean --config quickstart?"),
        ("sfft", "Did you mean --config sft? To begin without data of your own: --config quickstart."),
        ("nowhere/sftt.yaml", "Did you mean --config sft? To begin"),
        ("toan.yaml", "Did you mean --config toan5.yaml? To begin"),
        ("zzzz", "Give a file, or one of the names "),
    ],
)
def test_a_missing_config_names_the_nearest_and_one_that_works(school: Path, named: str, way_out: str):
    (school / "toan5.yaml").write_text("name: mine\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        find_config(named)
    assert refused.value.way_out.startswith(way_out)
    assert "--config quickstart" in refused.value.way_out


@pytest.mark.parametrize("content", [b"model: [", b"name: l\xfap"], ids=["no YAML", "not UTF-8"])
def test_a_damaged_config_of_a_run_is_one_line(content: bytes, school: Path):
    (school / "outputs" / "lop5" / "config.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"config\.yaml in YAML.*put the file back"):
        flags_of_run("test", ["lop5"])
