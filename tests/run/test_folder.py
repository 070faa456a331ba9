"""RunFolder: its paths, its summary that is whole at every moment, its lock, the run that it replaces."""

import ast
import json
from pathlib import Path

import pytest

from mathpal_lightning.callbacks import AdapterCheckpoint
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.formats import FORMATS, format_named
from mathpal_lightning.records import ADAPTER_CONFIG
from mathpal_lightning.run import RunFolder, folder, require_local

PACKAGE = Path(__file__).parents[2] / "mathpal_lightning"
NAMES = {value for name, value in vars(folder).items() if name.isupper() and isinstance(value, str)}


@pytest.mark.parametrize("place", ["s3://bucket/x", "gs://b", "hf://owner/name", Path("s3://bucket/x"), "file:///tmp/x"])
def test_an_address_is_no_folder(place: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"`default_root_dir`, but found \w+:/.*copy it afterwards.*--push.repo"):
        require_local("default_root_dir", place)
    with pytest.raises(ConfigError, match="`output_dir`"):
        RunFolder.named(str(place), "lop5")
    with pytest.raises(ConfigError, match="`checkpoint.dirpath`"):
        AdapterCheckpoint(dirpath=str(place))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["outputs", "/tmp/a:b", "C:/runs", "C:\\runs", "a:b", Path("~/x")])
def test_a_local_folder_is_one(place: str | Path):
    require_local("output_dir", place)


def test_no_other_file_builds_a_path_of_a_run():
    """`run / "adapter"` stands in run/ alone; a name in a table or a message is no path."""
    assert {"adapter", "merged", "summary.json", "checkpoints", "samples.jsonl"} <= NAMES
    elsewhere = []
    # The front door answers before anything slow is imported, so it cannot ask RunFolder, whose room loads torch.
    early = {PACKAGE / "cli" / name for name in ("named.py", "run_argument.py")}
    for path in set(PACKAGE.rglob("*.py")) - early:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            joins = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant)
            if joins and node.right.value in NAMES and "run" not in path.relative_to(PACKAGE).parts[:1]:
                elsewhere.append(f"{path.relative_to(PACKAGE)}:{node.lineno}: / {node.right.value!r}")
    assert elsewhere == []


def test_the_table_of_formats_names_the_same_folders():
    run = RunFolder(Path("outputs/lop5"))
    folders = {"adapter": run.adapter, "merged_16bit": run.merged, "merged_4bit": run.merged_4bit, "web": run.web}
    assert {name: run.path / format_named(name).path for name in folders} == folders
    ggufs = [form for form in FORMATS if form.name.startswith("gguf:") and form.written]
    assert ggufs
    assert all((run.path / form.path).parent == run.gguf for form in ggufs)


def test_figures_are_noted_beside_those_of_others(tmp_path: Path):
    run = RunFolder(tmp_path / "new")
    assert run.read_summary() == {}
    run.note(training={"steps": 3})
    run.note(seconds=9.5, training={"steps": 4})
    assert json.loads(run.summary.read_text(encoding="utf-8")) == {"training": {"steps": 4}, "seconds": 9.5}


@pytest.mark.parametrize("content", [b"{half", b"\xff\xfe"])
def test_a_damaged_summary_is_named_with_the_way_out(content: bytes, tmp_path: Path):
    (tmp_path / "summary.json").write_bytes(content)
    with pytest.raises(ConfigError, match="summary.json in JSON.*Remove the file"):
        RunFolder(tmp_path).note(seconds=1)
    assert (tmp_path / "summary.json").read_bytes() == content


@pytest.mark.parametrize("content", [b"checkpoint: {", b"\xff\xfe\x00"])
def test_a_damaged_config_is_named(content: bytes, tmp_path: Path):
    (tmp_path / "config.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match="config.yaml in YAML"):
        RunFolder(tmp_path).read_config()


@pytest.mark.parametrize("content", ["", "just text", "checkpoint: null", "checkpoint:\n  dirpath: null", "- 1"])
def test_a_config_without_a_folder_of_checkpoints_means_the_runs_own(content: str, tmp_path: Path):
    (tmp_path / "config.yaml").write_text(content, encoding="utf-8")
    assert RunFolder(tmp_path).checkpoints == tmp_path / "checkpoints"


def test_a_folder_is_held_by_one_process_at_a_time(tmp_path: Path):
    import subprocess
    import sys

    run = RunFolder(tmp_path / "run")
    script = (
        "import sys; from pathlib import Path; from mathpal_lightning.run import RunFolder; "
        "RunFolder(Path(sys.argv[1])).hold(*sys.argv[2:])"
    )

    def other(*verb: str) -> str:
        command = [sys.executable, "-c", script, str(run.path), *verb]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8").stderr

    held, scoring = run.hold(), run.hold("test")
    assert "another process training into it" in other()
    assert "another `mathpal test` writing into it" in other("test")
    assert other("predict") == "", "a run may be scored, and solve questions, while it trains"
    held.close()
    scoring.close()
    assert other() + other("test") == ""


def test_the_earlier_run_is_kept_until_it_is_forgotten(tmp_path: Path):
    run = RunFolder(tmp_path / "run")
    run.note(seconds=1)
    assert run.set_aside() == tmp_path / ".run.earlier"
    assert run.is_empty
    run.note(seconds=2)
    run.set_aside()  # the second run never took a step: the first one stays
    assert RunFolder(run.earlier).read_summary() == {"seconds": 1}
    run.forget_earlier()
    assert not run.earlier.exists()
    run.forget_earlier()


def test_artefacts_are_listed_in_the_order_in_which_they_came(tmp_path: Path):
    run = RunFolder(tmp_path)
    for path in (
        run.summary,
        run.config,
        run.gguf / "model-q8_0.gguf",
        run.gguf / ".bf16.gguf",
        run.adapter / "x",
        run.samples,
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}" if path == run.summary else "", encoding="utf-8")
    names = [path.name for path in run.artefacts()]
    assert names == ["config.yaml", "adapter", "samples.jsonl", "summary.json", "model-q8_0.gguf"]


@pytest.mark.parametrize("name", ["../up", "/tmp/x", "a/b", "", ".", "..", "a\0b", "x" * 201, "ộ" * 70])
def test_a_name_is_one_folder_that_every_file_system_takes(name: str):
    with pytest.raises(ConfigError):
        RunFolder.named("outputs", name)


def test_a_vietnamese_name_is_taken():
    assert RunFolder.named("outputs", "lớp 5").path == Path("outputs/lớp 5")


def adapter(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / ADAPTER_CONFIG).touch()
    return folder


def test_each_adapter_folder_has_an_export_of_its_own(tmp_path: Path):
    folders = [RunFolder.of_export(adapter(tmp_path / name)).path for name in ("lop5-v0.1", "lop5-v0.2", "step=3.adapter")]
    assert [folder.name for folder in folders] == ["lop5-v0.1.export", "lop5-v0.2.export", "step=3.adapter.export"]
    assert {folder.parent for folder in folders} == {tmp_path}
    assert RunFolder.of_export(tmp_path / "step=3.ckpt").path == tmp_path / "step=3.export"


def test_a_run_is_exported_into_itself(tmp_path: Path):
    adapter(tmp_path / "lop5-v0.1" / "adapter")
    assert RunFolder.of_export(tmp_path / "lop5-v0.1").path == tmp_path / "lop5-v0.1"


def test_the_folder_that_one_stands_in_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(adapter(tmp_path / "mine"))
    assert RunFolder.of_export(".").path == tmp_path.resolve() / "mine.export"
    adapter(tmp_path / "mine" / "inside")
    monkeypatch.chdir("inside")
    assert RunFolder.of_export("..").path == tmp_path.resolve() / "mine.export"


def test_checkpoints_elsewhere_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run = tmp_path / "outputs" / "lop5"
    for place in (run, tmp_path / "kept"):
        place.mkdir(parents=True)
    (run / "config.yaml").write_text("output_dir: outputs\ncheckpoint: {dirpath: kept}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert RunFolder(run).checkpoints == Path("kept")
    monkeypatch.chdir(run)
    assert RunFolder(Path(".")).checkpoints == tmp_path.resolve() / "kept"
