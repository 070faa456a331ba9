"""What the README says can be done: its commands parse, its names import, its files exist."""

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from mathpal_lightning.cli.main import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# The score of a GGUF has no config to print: tests/commands/test_score_gguf.py runs it.
_VERBS = "fit|test|predict|preflight|bench|serve|chat"
COMMANDS = re.findall(rf"^(mathpal (?!test \S+\.gguf)(?:{_VERBS}) [^#<\n]*)", README, re.MULTILINE)
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_readme_opens_with_the_two_commands():
    first = README.split("```sh\n")[1].splitlines()[:2]
    assert [line.split("#")[0].strip() for line in first] == ["make train-quick", "make test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^train-quick:", makefile, re.MULTILINE)
    assert re.search(r"^test:", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_parses(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name in ("lop5", "lop5b", "quickstart"):  # runs that a reader has made
        (tmp_path / "outputs" / name).mkdir(parents=True)
        shutil.copy(ROOT / "configs" / "sft.yaml", tmp_path / "outputs" / name / "config.yaml")
    words = shlex.split(command)[1:]
    with pytest.raises(SystemExit) as exit_status:
        main([*words, "--print_config"])
    assert not exit_status.value.code


def test_there_were_commands_and_blocks():
    assert len(COMMANDS) >= 4
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("block", BLOCKS)
def test_the_names_of_a_block_import(block: str):
    imports = [line for line in block.splitlines() if line.startswith(("from ", "import "))]
    assert imports
    exec("\n".join(imports), {})
    compile(block, "README.md", "exec")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:configs|notebooks|tests|mathpal_lightning)/[\w./]+)`", README))))
def test_a_named_file_exists(path: str):
    assert (ROOT / path).exists()


def test_the_library_lines_run_as_they_stand(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    rows = [{"question": f"Tính: {number} + 1", "solution": f"Đáp số: {number + 1}"} for number in range(60)]
    (tmp_path / "problems.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    lines = BLOCKS[0].replace('"offline-gemma"', f'"{gemma3_folder}", backend="transformers", max_new_tokens=8')
    assert lines != BLOCKS[0]
    names: dict[str, Any] = {}
    exec(lines.replace("max_steps=50", 'max_steps=3, accelerator="cpu"'), names)
    assert names["module"].trainer.global_step == 3
    assert capsys.readouterr().out
