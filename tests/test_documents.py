"""What READMEs and docs say can be done: every command parses, every example runs, every link and file is there."""

import doctest
import io
import re
import runpy
import shutil
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonargparse import ArgumentParser

import mathpal_lightning.cli.lightning_cli as lightning_cli
from mathpal_lightning.cli.help import page_of
from mathpal_lightning.cli.keys import signatures
from mathpal_lightning.cli.verbs import FUNCTIONS, LIGHTNING_VERBS
from mathpal_lightning.records import ADAPTER_CONFIG
from tests.documents import PAGES, ROOT, blocks, commands, distinct_commands, examples, text_of

FILES = [
    "problems.xlsx",
    "problems.jsonl",
    "problems.csv",
    "exam.jsonl",
    "questions.xlsx",
    "questions.jsonl",
    "pairs.jsonl",
    "held_out.jsonl",
]
"""Files that a reader has."""
RUNS = ["lop5", "lop5b", "lop5-mixed", "lop5-longer", "quickstart", "published", "sweep"]
"""Runs that a reader has made."""
OTHERS = {
    "source": "a virtual environment",
    "eval": "tests/cli/test_help.py asks for completions as a shell does",
    "echo": "what is handed on to a command after it, which is tested",
    "sbatch": "no SLURM is at hand; the script is a file of configs/",
    "vllm": "not installed here: the page says what was run of it",
    "llama-cli": "llama.cpp's own program; tests/export reads the same file with llama.cpp as a library",
    "cd": "into a folder, before a command that is looked at",
    "ollama": "not run: the page says so",
    "lm_eval": "tests/evaluation/test_lm_eval.py runs the task",
    "comet": "Comet's own program",
    "tensorboard": "TensorBoard's own program",
    "wandb": "Weights & Biases' own program",
    "mlflow": "MLflow's own program",
    "hf": "the Hub's own program",
    "python3": "Python's own web server",
    "podman": "the container file's own head",
    "curl": "tests/serving/test_attempts.py and test_fields.py read the same header",
}
"""Programs that are not ours, and what is known of them."""
front_door = import_module("mathpal_lightning.cli.main")  # `mathpal_lightning.cli.main` is also its function
COMMANDS = distinct_commands()
OF_OURS = [words[1:] for words in COMMANDS if words[0] == "mathpal"]
OF_LIGHTNING = [words for words in OF_OURS if words[0] in LIGHTNING_VERBS and not words[1].endswith(".gguf")]
OF_FUNCTIONS = [words for words in OF_OURS if words[0] in FUNCTIONS]


class _Parsed(Exception):
    pass


@pytest.fixture(scope="module")
def parser() -> ArgumentParser:
    """The parser of Lightning's verbs, made once: it takes a second."""
    kept: list[ArgumentParser] = []

    class OnlyParser(lightning_cli.MathPalCLI):
        def parse_arguments(self, parser: ArgumentParser, args: object) -> None:
            kept.append(parser)
            raise _Parsed

    with pytest.raises(_Parsed):
        OnlyParser([])
    return kept[0]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader's: files of problems, runs, and the configs of a clone."""
    folder = tmp_path_factory.mktemp("desk")
    for name in FILES:
        (folder / name).touch()
    for name in RUNS:
        run = folder / "outputs" / name
        (run / "checkpoints").mkdir(parents=True)
        (run / "checkpoints" / "last.ckpt").touch()
        (run / "adapter").mkdir()
        (run / "adapter" / ADAPTER_CONFIG).touch()
        (run / "gguf").mkdir()
        (run / "gguf" / "model-q8_0.gguf").touch()
        config = text_of(ROOT / "configs" / "sft.yaml").replace("\nname: sft\n", f"\nname: {name}\n")
        (run / "config.yaml").write_text(config, encoding="utf-8")
    shutil.copy(ROOT / "configs" / "sft.yaml", folder / "outputs" / "sweep" / "best.yaml")
    shutil.copy(ROOT / "configs" / "sft.yaml", folder / "new.yaml")
    for name in ("old.yaml", "lop5.vocabulary", "cert.pem", "key.pem"):
        (folder / name).touch()
    (folder / "configs").symlink_to(ROOT / "configs")
    for name in ("space.yaml", "sweep.yaml"):
        shutil.copy(ROOT / "configs" / "spaces" / "sweep.yaml", folder / name)
    return folder


def require_parsed(words: list[str], parser: ArgumentParser, patch: pytest.MonkeyPatch) -> None:
    """Let the front door refuse what it refuses early, then parse the values."""
    met: list[list[str]] = []
    patch.setattr(lightning_cli, "MathPalCLI", lambda args: met.append(args))
    patch.setattr(front_door, "import_unsloth_first", lambda flags: None)
    given = words if "--name" in words or "--ckpt_path" in words or words[0] != "fit" else [*words, "--name", "one_more"]
    front_door.run(given)
    with redirect_stdout(io.StringIO()):
        parser.parse_args(met[0])


@pytest.mark.parametrize("words", OF_LIGHTNING, ids=" ".join)
def test_a_command_of_training_parses(words: list[str], parser: ArgumentParser, desk: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(desk)
    again = "--name" in words and "--ckpt_path" not in words and "--overwrite" not in words
    require_parsed([*words, "--overwrite"] if again else words, parser, monkeypatch)


@pytest.mark.parametrize("words", OF_FUNCTIONS, ids=" ".join)
def test_another_command_parses(words: list[str], desk: Path, monkeypatch: pytest.MonkeyPatch):
    """Its function is replaced by one that notes that it was reached with values of its types."""
    import jsonargparse

    reached: list[object] = []

    def parse_only(functions: object, args: list[str], **of_parser: Any) -> None:
        made = jsonargparse.auto_parser(functions, **of_parser)
        reached.append(made.parse_args(args))

    monkeypatch.chdir(desk)
    monkeypatch.setattr(jsonargparse, "auto_cli", parse_only)
    front_door.run(words)
    assert reached


def test_a_sweeps_command_parses(parser: ArgumentParser, desk: Path, monkeypatch: pytest.MonkeyPatch):
    from mathpal_lightning.cli.sweep_flags import read_sweep_flags
    from mathpal_lightning.sweep.space import read_space

    sweeps = [words[1:] for words in OF_OURS if words[0] == "sweep"]
    assert sweeps
    monkeypatch.chdir(desk)
    for words in sweeps:
        own, given = read_sweep_flags(front_door.long_flags(words))
        assert read_space(own.space)
        require_parsed(["fit", *given], parser, monkeypatch)


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] != "mathpal"], ids=" ".join)
def test_a_command_of_another_program_is_known(
    words: list[str], parser: ArgumentParser, desk: Path, monkeypatch: pytest.MonkeyPatch
):
    program, rest = words[0], words[1:]
    if program == "make":
        makefile = text_of(ROOT / "Makefile")
        assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in rest if "=" not in target)
    elif program == "pip":
        project = text_of(ROOT / "pyproject.toml")
        asked = [extra for word in rest for listed in re.findall(r"\[(.+)\]", word) for extra in listed.split(",")]
        assert all(re.search(rf"^{extra} = \[", project, re.MULTILINE) for extra in asked)
        assert all((ROOT / word).is_file() for before, word in zip(rest, rest[1:], strict=False) if before == "-c")
    elif program == "torchrun":
        monkeypatch.chdir(desk)
        require_parsed(rest[rest.index("mathpal_lightning") + 1 :], parser, monkeypatch)
    elif program == "python":
        assert find_spec(rest[1]) if rest[0] == "-m" else (ROOT / rest[0]).is_file()
    else:
        assert program in OTHERS, f"no test knows what {program} does"
        assert all((ROOT / word).exists() for word in rest if word.startswith("configs/"))


def test_the_score_of_a_gguf_is_run_elsewhere():
    left = [words for words in OF_OURS if words not in OF_LIGHTNING and words not in OF_FUNCTIONS and words[0] != "sweep"]
    assert {words[0] for words in left} == {"test"}  # tests/commands/test_score_gguf.py


def test_each_verb_has_an_example_and_a_page():
    shown = {words[0] for words in OF_OURS}
    assert shown >= {*LIGHTNING_VERBS, *FUNCTIONS, "sweep"} - {"validate", "completion"}
    assert all(page_of(verb, ()) for verb in shown)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(">>>" in block for block in blocks(page, "python"))], ids=lambda page: page.name
)
def test_the_examples_of_a_page_run_as_they_stand(page: Path):
    told = io.StringIO()
    tried = doctest.DocTestRunner(verbose=False).run(examples(page), out=told.write)
    assert tried.attempted > 2
    assert tried.failed == 0, told.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_other_python_compiles_and_its_names_import(page: Path):
    for block in blocks(page, "python"):
        if ">>>" not in block:
            compile(block, page.name, "exec")
            exec("\n".join(line for line in block.splitlines() if line.startswith(("from ", "import "))), {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_named_files_are_there(page: Path):
    text = text_of(page)
    for link in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", text):
        assert (page.parent / link).exists(), link
    for path in re.findall(r"`((?:configs|notebooks|tests|mathpal_lightning|docs|\.ci)/[\w./]+)`", text):
        assert (ROOT / path).exists(), path


def test_messages_in_the_faq_are_the_programs_own():
    told = [
        message
        for title in re.findall(r"^\*\*(.*?)\*\*", text_of(ROOT / "docs" / "faq.md"), re.MULTILINE)
        for message in re.findall(r"`([^`]+)`", title)
    ]
    source = " ".join(file.read_text(encoding="utf-8") for file in (ROOT / "mathpal_lightning").rglob("*.py"))
    assert len(told) > 8
    assert [message for message in told if message not in source] == []


def test_the_keys_page_is_made_from_every_key():
    hook = runpy.run_path(str(ROOT / "docs" / "hooks" / "keys.py"))
    made = hook["on_page_markdown"](text_of(ROOT / "docs" / "keys.md"))
    shown = set(re.findall(r"^\| `([\w.]+)` \|", made, re.MULTILINE))
    known = {f"{section}.{each.name}" for section, of in signatures() for each in of.arguments if not each.section}
    assert sorted(known - shown - {"data.objective", "trainer.default_root_dir"}) == []
    assert {"name", "output_dir", "seed_everything", "comet"} <= shown
    assert "<!-- keys -->" not in made


def test_every_page_is_in_the_menu():
    menu = text_of(ROOT / "mkdocs.yml").partition("nav:")[2]
    named = set(re.findall(r"[\w]+\.md", menu))
    assert named == {page.name for page in PAGES if page.parent.name == "docs"}


def test_pages_in_which_a_command_was_found():
    assert sum(bool(list(commands(page))) for page in PAGES) > 10
    assert len(COMMANDS) > 60
