"""A llama.cpp server as a process of its own: the package xllamacpp, or an installed llama-server.

The first line on standard input holds the settings as JSON. The process ends when its standard input closes, so it never
outlives the process that started it, even one that was killed. The file is run as a script and imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TypedDict

CACHE_MIB = 1
"""Memory in which llama.cpp keeps prompts that are done. Its default is 8 GiB, which every question fills a little further,
though no two problems begin alike. With 0 it would leave in the context what idle slots hold. One prompt is always kept."""


class Settings(TypedDict):
    """What `LlamaProcess` sends."""

    program: str
    """An installed llama-server; empty for the package."""
    gguf: str
    name: str
    key: str
    host: str
    port: int
    context: int
    slots: int
    shared: bool
    """Whether `context` is shared by the slots."""
    most_tokens: int
    threads: int


def main() -> None:
    """Load the model, serve until standard input closes."""
    settings: Settings = json.loads(sys.stdin.buffer.readline())
    if settings["program"]:
        _run_program(settings)
    else:
        _server = _load(settings)
        sys.stdin.buffer.read()
    os._exit(0)  # without the server's destructor, which waits for ever if the server's loop has not begun yet


def _load(settings: Settings) -> object:
    import xllamacpp

    slots, shared = settings["slots"], settings["shared"]
    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias, params.api_keys = settings["gguf"], {settings["name"]}, [settings["key"]]
    params.hostnames, params.port = [settings["host"]], settings["port"]
    params.n_ctx, params.n_parallel, params.kv_unified = settings["context"] * (1 if shared else slots), slots, shared
    params.n_predict, params.sampling.temp = settings["most_tokens"], 0.0
    params.verbosity, params.ui, params.cors_origins, params.warmup = -1, False, "", False
    params.cpuparams.n_threads, params.cache_ram_mib = settings["threads"], CACHE_MIB
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        sys.exit(str(error))


def _run_program(settings: Settings) -> None:
    """Run llama-server with the same settings, and end it when standard input closes."""
    slots, shared = settings["slots"], settings["shared"]
    flags = {"model": settings["gguf"], "alias": settings["name"], "host": settings["host"], "port": settings["port"]}
    flags |= {"ctx-size": settings["context"] * (1 if shared else slots), "n-predict": settings["most_tokens"]}
    flags |= {"parallel": slots, "temp": 0, "threads": settings["threads"], "cache-ram": CACHE_MIB}
    words = [word for flag, value in flags.items() for word in (f"--{flag}", str(value))]
    command = [settings["program"], "--jinja", *(["--kv-unified"] if shared else []), *words]
    environment = os.environ | {"LLAMA_API_KEY": settings["key"]}  # every user of the machine could read an argument
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment)

    def leave_with_it() -> None:
        status = process.wait()
        print(f"{settings['program']} ended with status {status}", file=sys.stderr, flush=True)
        os._exit(1)

    threading.Thread(target=leave_with_it, daemon=True).start()
    sys.stdin.buffer.read()
    process.kill()  # it holds nothing that would have to be saved


if __name__ == "__main__":
    main()
