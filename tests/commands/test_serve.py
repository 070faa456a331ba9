"""`mathpal serve` as a user starts it: what it prints, what it serves, how it ends."""

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from mathpal_lightning.cli.main import main
from mathpal_lightning.commands.serve import _announce, serve
from mathpal_lightning.serving.guard import API_KEY_VARIABLE
from mathpal_lightning.serving.web import bind
from tests.serving.conftest import certificate_of_localhost

OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


@contextmanager
def serving(run: Path, *flags: str, key: str | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command; the process, and what it says until it is ready."""
    environment = {name: value for name, value in os.environ.items() if name != API_KEY_VARIABLE}
    command = [sys.executable, "-m", "mathpal_lightning", "serve", "--run", str(run), "--port", "0", "--threads", "1", *flags]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | ({API_KEY_VARIABLE: key} if key else {}),
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C stops." not in said:
            line = process.stdout.readline()
            assert line, process.stderr and process.stderr.read()
            said += line
        yield process, said
    finally:
        process.kill()
        process.communicate()


def test_a_run_is_served_until_ctrl_c(run_folder: Path):
    with serving(run_folder) as (process, said):
        assert "model-q8_0.gguf" in said
        assert "key" not in said
        (url,) = re.findall(r"page +(http://127\.0\.0\.1:\d+)/", said)
        assert "Chào em" in OPEN(url).read().decode()
        body = {"model": "lop5", "messages": [{"role": "user", "content": "Tính: 2 + 3"}], "stream": True, "max_tokens": 800}
        request = urllib.request.Request(url + "/v1/chat/completions", json.dumps(body).encode())
        with OPEN(request) as stream:
            assert stream.readline().startswith(b"data: {")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert out.strip() == "Stopped."


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_both_signals_end_it_well(run_folder: Path, ending: signal.Signals):
    with serving(run_folder / "gguf" / "model-q8_0.gguf") as (process, said):
        assert "model 'model-q8_0'" in said
        process.send_signal(ending)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out.strip(), err) == (0, "Stopped.", "")


def test_other_machines_need_the_key_that_is_shown_once(run_folder: Path):
    with serving(run_folder, "--host", "0.0.0.0") as (_, said):
        (key,) = re.findall(r"key +([0-9a-f]{16}) ", said)
        (port,) = re.findall(r"page +http://[^:]+:(\d+)/", said)
        request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/models", headers={"Authorization": f"Bearer {key}"})
        assert OPEN(request).status == 200
        assert not [file for file in run_folder.rglob("*") if file.is_file() and key.encode() in file.read_bytes()]
    with serving(run_folder, "--host", "0.0.0.0", key="our school") as (_, said):
        assert "our school" not in said


@pytest.mark.parametrize(
    ("host", "at_terminal", "shown"), [("0.0.0.0", True, 1), ("0.0.0.0", False, 0), ("127.0.0.1", True, 0)]
)
def test_a_person_who_serves_others_gets_a_code_for_telephones(
    run_folder: Path,
    host: str,
    at_terminal: bool,
    shown: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv(API_KEY_VARIABLE, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: at_terminal)
    with bind(host, 0) as server:
        _announce(server, run_folder / "gguf" / "model-q8_0.gguf", "lop5", Path("lessons"))
    said = capsys.readouterr().out
    assert said.count("quét mã này") == shown
    assert ("█ ▄▄▄▄▄ █" in said) == ("\x1b[0m" in said) == bool(shown)
    assert f"teacher  {server.url}/teacher" in said


def test_a_folder_for_lessons_that_cannot_be_made_is_named_at_the_start(run_folder: Path, tmp_path: Path):
    """Also where root may write to what is above it."""
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        serve(run_folder / "gguf" / "model-q8_0.gguf", lessons=tmp_path / "file" / "lessons")


def test_a_killed_llama_cpp_is_started_again_and_where_that_fails_the_server_ends(run_folder: Path, tmp_path: Path):
    gguf = Path(shutil.copy(run_folder / "gguf" / "model-q8_0.gguf", tmp_path / "lop5.gguf"))
    with serving(gguf) as (process, said):
        (url,) = re.findall(r"page +(http://127\.0\.0\.1:\d+)/", said)
        (llama,) = psutil.Process(process.pid).children()
        llama.kill()
        llama.wait(120)
        assert OPEN(url + "/v1/models").status == 200, "it waits for the new one"
        gguf.unlink()
        psutil.Process(process.pid).children()[0].kill()
        _, err = process.communicate(timeout=120)
    assert process.returncode == 4
    assert "llama.cpp ended. A new one answers after" in err
    assert "Expected a GGUF that llama.cpp loads" in err


def test_https_with_the_files_of_a_certificate(run_folder: Path, tmp_path: Path):
    tls = certificate_of_localhost(tmp_path)
    files = ["--tls_certificate", str(tls.certificate), "--tls_key", str(tls.key)]
    with serving(run_folder, *files, key="our school") as (_, said):
        (url,) = re.findall(r"page +(https://127\.0\.0\.1:\d+)/", said)
        trusting = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(tls.certificate)))
        open_url = urllib.request.build_opener(urllib.request.ProxyHandler({}), trusting, NoRedirect).open
        assert open_url(url + "/health").status == 200
        with pytest.raises(urllib.error.HTTPError) as see_other:
            open_url(urllib.request.Request(url + "/login", b"key=our+school"))
        assert "; Secure" in see_other.value.headers["Set-Cookie"]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def test_half_a_certificate_or_a_broken_one_is_refused_at_the_start(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "cert.pem").write_text("no certificate", encoding="utf-8")
    certificate = ["--tls_certificate", str(tmp_path / "cert.pem")]
    status, said = fails(capsys, "--run", str(run_folder), *certificate)
    assert (status, "both --tls_certificate and --tls_key" in said) == (2, True)
    for key in (tmp_path / "cert.pem", tmp_path / "nowhere.pem"):
        status, said = fails(capsys, "--run", str(run_folder), *certificate, "--tls_key", str(key))
        assert (status, "a certificate and its private key" in said) == (2, True)


def test_a_key_that_could_be_guessed_is_refused(
    run_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(API_KEY_VARIABLE, "12345678")
    status, said = fails(capsys, "--run", str(run_folder), "--port", "0")
    assert (status, "that nobody guesses" in said) == (2, True)


@pytest.mark.parametrize(
    ("flag", "number", "expected"),
    [
        ("--votes", "0", "--votes of at least 1, but found 0"),
        ("--context", "8", "--context of at least 256, but found 8"),
        ("--threads", "0", "--threads of at least 1, but found 0"),
        ("--port", "99999", "--port of 0 to 65535, but found 99999"),
    ],
)
def test_numbers_that_cannot_work_are_refused(
    flag: str, number: str, expected: str, run_folder: Path, capsys: pytest.CaptureFixture[str]
):
    status, said = fails(capsys, "--run", str(run_folder), flag, number)
    assert status == 2
    assert expected in said


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as status:
        main(["serve", *arguments])
    return int(str(status.value.code)), capsys.readouterr().err


def test_what_is_missing_is_said_before_a_model_loads(
    run_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    status, said = fails(capsys, "--run", str(tmp_path))
    assert status == 4
    assert "a run folder with gguf" in said
    with bind("127.0.0.1", 0) as busy:
        status, said = fails(capsys, "--run", str(run_folder), "--port", str(busy.server_address[1]))
    assert status == 2
    assert "Address already in use" in said
    monkeypatch.setitem(sys.modules, "latex2mathml", None)
    status, said = fails(capsys, "--run", str(run_folder))
    assert status == 2
    assert "pip install 'mathpal-lightning[serve]'" in said
