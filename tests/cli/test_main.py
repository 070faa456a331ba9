"""The front door answers at once, and a mistake gets one line with a way out."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from mathpal_lightning.cli.errors.disk import refused_by_system
from mathpal_lightning.cli.main import LIGHTNING_VERBS, OTHER_VERBS, long_flags, main, read_gguf_test
from mathpal_lightning.errors import ConfigError, WriteError


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (["--max_steps", "5"], ["--trainer.max_steps", "5"]),
        (["--max-steps=5"], ["--trainer.max_steps=5"]),
        (["--learning-rate", "1e-3"], ["--model.learning_rate", "1e-3"]),
        (["--model_name", "x"], ["--model.model_name", "x"]),
        (["--experiment-name", "tốt"], ["--name", "tốt"]),
        (["--output-dir", "out-put"], ["--output_dir", "out-put"]),
        (["--overwrite"], ["--overwrite=true"]),
        (["--overwrite=false"], ["--overwrite=false"]),
        (["--no-comet"], ["--comet=off"]),
        (["--model.lora_r=8", "--ckpt-path", "last"], ["--model.lora_r=8", "--ckpt_path", "last"]),
    ],
)
def test_short_and_hyphenated_flags(short: list[str], long: list[str]):
    assert long_flags(short) == long


def test_quick_test_is_twenty_steps_and_every_export():
    flags = long_flags(["--quick_test"])
    assert "--trainer.max_steps=20" in flags
    assert "--evaluation.problems=20" in flags
    assert any("gguf:q8_0" in flag for flag in flags)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["fit", "--help"], ["--version"]])
def test_help_loads_no_torch(arguments: list[str]):
    script = "import sys\nfrom mathpal_lightning.cli import main\nmain(sys.argv[1:])\nassert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "mathpal" in done.stdout or arguments == ["--version"]


def test_importing_the_package_loads_no_torch():
    script = "import sys, mathpal_lightning, mathpal_lightning.text, mathpal_lightning.evaluation, mathpal_lightning.curriculum"
    subprocess.run([sys.executable, "-c", script + "\nassert 'torch' not in sys.modules"], check=True)


def test_python_m_is_the_console_script():
    done = subprocess.run([sys.executable, "-m", "mathpal_lightning"], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0
    assert all(verb in done.stdout for verb in LIGHTNING_VERBS | OTHER_VERBS)


LEAVING = """
import atexit, sys
from mathpal_lightning.cli import command
class Last:
    def __del__(self):
        print("the interpreter shuts down")
last = Last()
def main():
    atexit.register(print, "at exit")
    print("run")
    {end}
command.__globals__["main"] = main
command()
"""


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("return", 0),
        ("sys.exit(7)", 7),
        ("sys.exit()", 0),
        ("sys.exit('no')", 1),
        ("1 / 0", 1),
        ("raise KeyboardInterrupt", 130),
    ],
)
def test_a_command_leaves_without_the_interpreters_shutdown(end: str, status: int):
    done = subprocess.run([sys.executable, "-c", LEAVING.format(end=end)], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == status, done.stderr
    assert done.stdout == "run\nat exit\n"
    assert ("ZeroDivisionError" in done.stderr) == ("/" in end)


def test_a_verb_without_its_function_is_refused_in_words(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["data"])
    assert "with one of report, preview, generate, catalogue, pairs, but found none." in capsys.readouterr().err


@pytest.mark.parametrize(("verb", "way_out"), [("fitt", "mathpal fit"), ("--config", "Write the verb first")])
def test_an_unknown_verb_is_refused_with_the_way_out(verb: str, way_out: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_status:
        main([verb, "x.yaml"])
    assert exit_status.value.code == 2
    assert way_out in capsys.readouterr().err


def test_other_verbs_run_functions_of_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    main(["data", "generate", str(tmp_path / "two.jsonl"), "--count", "2", "--topics", '["linear_equation"]'])
    assert (tmp_path / "two.jsonl").read_text(encoding="utf-8").count('"answer"') == 2
    with pytest.raises(SystemExit) as exit_status:
        main(["export", "--run", "no/such/run"])
    assert exit_status.value.code == 5
    assert "no/such/run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), WriteError),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "outputs/run"), WriteError),
        (OSError(errno.EROFS, "Read-only file system", "outputs/run"), WriteError),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "no/such"), ConfigError),
        (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 100), ConfigError),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), None),  # of no path that a user could correct
        (PermissionError(errno.EACCES, "Permission denied"), None),  # a port below 1024
        (PermissionError(errno.EPERM, "Operation not permitted"), None),  # a signal to another's process
        (PermissionError(errno.EACCES, "Permission denied", __file__), None),  # readable and writable: a program to start
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), None),
        (OSError(errno.EIO, "Input/output error", "outputs/run"), WriteError),  # a disk that fails, or that went away
        (OSError("a library's own"), None),
    ],
)
def test_only_some_errors_of_the_system_mean_a_disk(error: OSError, kind: type | None):
    refused = refused_by_system(error)
    assert refused is None if kind is None else isinstance(refused, kind)
    assert refused is None or str(error.filename or "") in refused.found + refused.expected


def test_a_fit_imports_nothing_that_it_may_not_need():
    """Each of these takes half a second or more, or speaks to a network; what needs one imports it then."""
    late = ["comet_ml", "datasets", "datasketch", "unsloth", "trl", "xllamacpp", "gguf", "IPython", "tensorboard"]
    script = "import sys, mathpal_lightning.cli.lightning_cli\nprint([name for name in sys.argv[1:] if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script, *late], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"


def test_a_gguf_is_tested_in_two_languages_and_with_no_other_flags(tmp_path: Path):
    file = tmp_path / "model-q8_0.gguf"
    file.touch()
    for words in ([str(file), "--lang", "vi"], ["--lang=vi", str(file)], [str(file), "--lang=vi", "--json"]):
        asked = read_gguf_test(words)
        assert (asked.file, asked.lang, asked.json) == (file, "vi", "--json" in words)
    for words in ([str(file), "--lang", "fr"], [str(file), "--data.test=a"], [f"{file}.gguf"], [str(file), "--lang"]):
        with pytest.raises(ConfigError, match="of its run"):
            read_gguf_test(words)


@pytest.mark.parametrize("words", [["zsh"], ["--shell", "zsh"], ["--shell=zsh"], []])
def test_the_shell_of_completion_is_written_with_and_without_its_flag(words: list[str], capsys: pytest.CaptureFixture[str]):
    main(["completion", *words])
    assert "_python_argcomplete mathpal" in capsys.readouterr().out
