"""llama.cpp in a process of its own: through xllamacpp and as an installed program; how it starts and how it ends."""

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from mathpal_lightning.errors import ConfigError, DataError, ModelError
from mathpal_lightning.llama_cpp import Ending, LlamaCpp, LlamaProcess, LlamaSettings, start_llama
from mathpal_lightning.llama_cpp import process as module
from tests.serving.scripted import scripted_llama

PROGRAM = '''#!{python}
"""A llama-server: llama.cpp, told by the flags and the variable of the real program (tools/server/README.md)."""
import argparse, os, threading
import xllamacpp

parser = argparse.ArgumentParser(allow_abbrev=False)
for flag in ("--model", "--alias", "--host"):
    parser.add_argument(flag, required=True)
for flag in ("--port", "--ctx-size", "--n-predict", "--parallel", "--temp", "--threads", "--cache-ram"):
    parser.add_argument(flag, type=int, required=True)
parser.add_argument("--jinja", action="store_true", required=True)
parser.add_argument("--kv-unified", action="store_true")
asked = parser.parse_args()
params = xllamacpp.CommonParams()
params.model.path, params.model_alias, params.hostnames, params.port = asked.model, {{asked.alias}}, [asked.host], asked.port
params.n_ctx, params.n_predict, params.n_parallel, params.kv_unified = asked.ctx_size, asked.n_predict, asked.parallel, True
params.sampling.temp, params.cpuparams.n_threads, params.warmup = asked.temp, asked.threads, False
params.api_keys, params.cache_ram_mib = [os.environ["LLAMA_API_KEY"]], asked.cache_ram
server = xllamacpp.Server(params)
threading.Event().wait()
'''


QUESTION = "Tính 20 - 8 rồi cộng thêm 7."
"""Of its 1,000 tokens each leads by 0.27 nats or more. Where two nearly tie, how many of the prompt's tokens are computed at a
time decides, and of a prompt that was asked before only the last one is."""


@pytest.fixture(scope="module")
def gguf(run_folder: Path) -> Path:
    return run_folder / "gguf" / "model-q8_0.gguf"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """An installed llama-server."""
    file = tmp_path / "llama-server"
    file.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    file.chmod(0o755)
    return file


def solution(llama: LlamaCpp, question: str) -> tuple[str, Ending]:
    *pieces, ending = llama.solve(question)
    assert isinstance(ending, Ending)
    return "".join(map(str, pieces)), ending


@pytest.fixture(scope="module")
def llama(gguf: Path) -> LlamaCpp:
    with start_llama(LlamaSettings(gguf, "lop5", 512, slots=2, threads=1)) as started:
        yield started


def test_a_solution_comes_in_pieces_and_tells_how_it_ended(llama: LlamaCpp):
    *pieces, ending = llama.solve(QUESTION)
    assert isinstance(ending, Ending)
    assert 1 < len(pieces) <= ending.tokens
    assert ending.tokens_per_second > 0
    assert solution(llama, QUESTION)[0] == "".join(map(str, pieces)), "greedy: the same again"


def test_a_greedy_answer_tells_where_its_tokens_begin_and_how_clearly_they_lead(llama: LlamaCpp):
    prompts = [llama.tokenize(f"Tính: {first} + {second} =") for first in range(2, 9) for second in range(2, 9)]
    answers = ((ids, llama.written(ids, 6)) for ids in prompts)
    ids, written = next(one for one in answers if one[1].tokens and min(lead for _, lead in one[1].tokens) > 0.2)
    assert (written.count, written.stopped, len(written.tokens)) == (6, False, 6)
    assert written.text == llama.answer(ids, 6)[0]
    starts = [start for start, _ in written.tokens]
    assert starts[0] == 0
    assert all(before < after for before, after in pairwise(starts))
    assert starts[-1] < len(written.text.encode())
    second, first = sorted(llama.next_token_log_probs(ids, 2).values())
    assert written.tokens[0][1] == pytest.approx(first - second, abs=0.05)


def test_other_programs_are_kept_out(llama: LlamaCpp):
    with pytest.raises(DataError, match="Invalid API Key"):
        LlamaCpp(llama.address, "guessed").tokenize("1")
    assert llama.key not in repr(llama)


def test_a_question_longer_than_the_context_is_refused_with_the_way_out(llama: LlamaCpp):
    with pytest.raises(DataError, match=r"exceeds the available context size.*larger --context"):
        list(llama.solve("Tính: " + "1 + " * 3000))


def test_a_cut_solution_says_so_and_a_broken_one_is_an_error():
    with scripted_llama(["1", "2"], finish_reason="length") as scripted:
        assert list(scripted.llama.solve("?")) == ["1", "2", Ending(False, 2, 50.0)]
    with scripted_llama(["1"], finish_reason="break off") as scripted, pytest.raises(ConnectionError, match="broke off"):
        list(scripted.llama.solve("?"))


def test_nobody_answers():
    nobody = LlamaCpp("http://127.0.0.1:1", "key")
    assert not nobody.is_ready()
    with pytest.raises(ConnectionError, match="broke off"):
        list(nobody.solve("?"))
    with pytest.raises(ConnectionError, match="broke off"):
        nobody.tokenize("?")


def test_an_installed_program_serves_the_same_and_ends_with_the_block(llama: LlamaCpp, gguf: Path, program: Path):
    with start_llama(LlamaSettings(gguf, "lop5", 512, threads=1, program=program)) as served:
        assert solution(served, QUESTION)[0] == solution(llama, QUESTION)[0]
    assert not LlamaCpp(served.address, served.key).is_ready()


def test_a_file_that_is_no_model_is_refused_by_both(tmp_path: Path, program: Path):
    broken = tmp_path / "model-q8_0.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 100)
    for named, words in ((None, "Failed to init server"), (program, "ended with status 1")):
        with (
            pytest.raises(ModelError, match=rf"a GGUF that llama.cpp loads.*model-q8_0.gguf.*({words})"),
            start_llama(LlamaSettings(broken, program=named)),
        ):
            pytest.fail("must not start")


def test_without_llama_cpp_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with pytest.raises(ConfigError, match="no program .*nowhere"):
        LlamaProcess(LlamaSettings(tmp_path / "x.gguf", program=tmp_path / "nowhere"))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"neither\. Install it: pip install 'mathpal-lightning\[serve\]'"):
        LlamaProcess(LlamaSettings(tmp_path / "x.gguf"))


OWNER = """
import os, pathlib, sys
from mathpal_lightning.llama_cpp import LlamaProcess, LlamaSettings
program = pathlib.Path(sys.argv[2]) if sys.argv[2:] else None
print(LlamaProcess(LlamaSettings(pathlib.Path(sys.argv[1]), threads=1, program=program)).pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("installed", [False, True])
def test_it_ends_with_its_owner_even_if_that_one_is_killed(gguf: Path, program: Path, installed: bool):
    command = [sys.executable, "-c", OWNER, str(gguf), *([str(program)] if installed else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        child = psutil.Process(int(owner.stdout.readline()))
        family = [child, *child.children(recursive=True)]
        assert len(family) == 1 + installed
        owner.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(family, timeout=60)
    assert not alive


def test_the_key_is_in_no_argument(gguf: Path):
    process = LlamaProcess(LlamaSettings(gguf, threads=1))
    try:
        assert process.client.key not in " ".join(psutil.Process(process.pid).cmdline())
        assert not process.has_ended()
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(60)
        with pytest.raises(ConnectionError):
            process.client.tokenize("1")
    finally:
        process.end()


def test_one_that_is_stopped_at_once_stops(gguf: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_END_S", 60.0)  # on a busy machine, too, it has the time to end by itself
    for _ in range(3):
        process = LlamaProcess(LlamaSettings(gguf, context=256, threads=1))
        process.end()
        assert process._process.returncode != -signal.SIGKILL, "it did not have to be killed"


HANGS_AT_ITS_END = """
import time, types

class Server:
    def __init__(self, params):
        pass
    def __del__(self):
        time.sleep(600)

def CommonParams():
    return types.SimpleNamespace(**{name: types.SimpleNamespace() for name in ("model", "sampling", "cpuparams")})
"""


def _started_on(fake: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """The child process on a fake xllamacpp, started and told to end."""
    (folder / "xllamacpp.py").write_text(fake, encoding="utf-8")
    told = {"program": "", "gguf": "model.gguf", "name": "model", "key": "key", "host": "127.0.0.1", "port": 1, "context": 256}
    told |= {"slots": 1, "shared": False, "most_tokens": 8, "threads": 1}
    command, environment = [sys.executable, "-P", str(module._CHILD)], os.environ | {"PYTHONPATH": str(folder)}
    told_line = json.dumps(told).encode() + b"\n"
    return subprocess.run(command, input=told_line, env=environment, capture_output=True, timeout=60, check=False)


def test_the_end_does_not_wait_for_the_servers_destructor(tmp_path: Path):
    """It waits for ever where the server was told to end before its loop had begun: 5 of 80 on a busy machine."""
    assert _started_on(HANGS_AT_ITS_END, tmp_path).returncode == 0


def test_prompts_that_are_done_do_not_fill_the_memory(tmp_path: Path):
    """llama.cpp keeps up to 8 GiB of them by default: 112 MB after 48 questions to the 270M."""
    fake = HANGS_AT_ITS_END.replace("pass", "print(params.cache_ram_mib, flush=True)")
    assert _started_on(fake, tmp_path).stdout.split() == [b"1"]
