"""llama.cpp behind its two doors: in this process, and as a program of its own."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mathpal_lightning.errors import ConfigError, DataError, ModelError
from mathpal_lightning.serving import Ending, LlamaServer, start_llama
from mathpal_lightning.serving import llama_server as module
from tests.serving.scripted import scripted_llama

PROGRAM = '''#!{python}
"""A llama-server: llama.cpp, told by the flags and the variable of the real program (tools/server/README.md)."""
import argparse, os, signal, threading
import xllamacpp

parser = argparse.ArgumentParser(allow_abbrev=False)
for flag in ("--model", "--alias", "--host"):
    parser.add_argument(flag, required=True)
for flag in ("--port", "--ctx-size", "--n-predict", "--parallel", "--temp", "--threads"):
    parser.add_argument(flag, type=int, required=True)
for flag in ("--jinja", "--kv-unified"):
    parser.add_argument(flag, action="store_true", required=True)
asked = parser.parse_args()
params = xllamacpp.CommonParams()
params.model.path, params.model_alias, params.hostnames, params.port = asked.model, {{asked.alias}}, [asked.host], asked.port
params.n_ctx, params.n_predict, params.n_parallel, params.kv_unified = asked.ctx_size, asked.n_predict, asked.parallel, True
params.sampling.temp, params.cpuparams.n_threads, params.warmup = asked.temp, asked.threads, False
params.api_keys = [os.environ["LLAMA_API_KEY"]]
server = xllamacpp.Server(params)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
threading.Event().wait()
'''


def solution(llama: LlamaServer, question: str) -> tuple[str, Ending]:
    *pieces, ending = llama.solve(question)
    assert isinstance(ending, Ending)
    return "".join(map(str, pieces)), ending


def test_a_solution_comes_in_pieces_and_tells_how_it_ended(llama: LlamaServer):
    *pieces, ending = llama.solve("Tính: 2 + 3")
    assert isinstance(ending, Ending)
    assert 1 < len(pieces) <= ending.tokens
    assert ending.tokens_per_second > 0
    assert solution(llama, "Tính: 2 + 3")[0] == "".join(map(str, pieces)), "greedy: the same again"


def test_other_programs_are_kept_out(llama: LlamaServer):
    with LlamaServer(llama.host, llama.port, "guessed").request("GET", "/v1/models") as response:
        assert response.status == 401


def test_a_question_longer_than_the_context_is_refused_with_the_way_out(llama: LlamaServer):
    with pytest.raises(DataError, match=r"exceeds the available context size.*larger --context"):
        list(llama.solve("Tính: " + "1 + " * 3000))


def test_a_cut_solution_says_so_and_a_broken_one_is_an_error():
    with scripted_llama(["1", "2"], finish_reason="length") as scripted:
        assert list(scripted.llama.solve("?")) == ["1", "2", Ending(False, 2, 50.0)]
    with scripted_llama(["1"], finish_reason="break off") as scripted, pytest.raises(ConnectionError, match="broke off"):
        list(scripted.llama.solve("?"))


def test_nobody_answers(llama: LlamaServer):
    nobody = LlamaServer(llama.host, 1, "key")
    assert not nobody.is_ready()
    with pytest.raises(ConnectionRefusedError):
        list(nobody.solve("?"))


def test_an_installed_program_serves_the_same(llama: LlamaServer, run_folder: Path, tmp_path: Path):
    program = tmp_path / "llama-server"
    program.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with start_llama(run_folder / "gguf" / "model-q8_0.gguf", "lop5", 2048, 1, program) as served:
        assert solution(served, "Tính: 2 + 3")[0] == solution(llama, "Tính: 2 + 3")[0]
    assert not served.is_ready(), "the program ends with the block"


def test_a_file_that_is_no_model_is_refused_by_both(tmp_path: Path):
    broken = tmp_path / "model-q8_0.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 100)
    program = tmp_path / "llama-server"
    program.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    for named, words in ((None, "Failed to init server"), (program, "ended with status 1")):
        with (
            pytest.raises(ModelError, match=rf"a GGUF that llama.cpp loads.*model-q8_0.gguf.*({words})"),
            start_llama(broken, "x", program=named),
        ):
            pytest.fail("must not start")


def test_without_llama_cpp_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with pytest.raises(ConfigError, match="no program .*nowhere"):
        start_llama(tmp_path / "x.gguf", "x", program=tmp_path / "nowhere")
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"neither\. Install it: pip install 'mathpal-lightning\[serve\]'"):
        start_llama(tmp_path / "x.gguf", "x")


HURRIED = """
import os, subprocess, sys, pathlib
from mathpal_lightning.serving import start_llama
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
hog = "import time; end = time.time() + 30\\nwhile time.time() < end: pass"
hogs = [subprocess.Popen([sys.executable, "-c", hog]) for _ in range(4)]
try:
    for _ in range(12):
        with start_llama(pathlib.Path(sys.argv[1]), "x", 256, 1):
            pass
finally:
    [hog.kill() for hog in hogs]
"""


def test_a_server_that_is_stopped_at_once_stops(run_folder: Path):
    subprocess.run([sys.executable, "-c", HURRIED, str(run_folder / "gguf" / "model-q8_0.gguf")], check=True, timeout=60)
