"""`mathpal serve`: a run's GGUF behind an OpenAI-compatible API and a page where a pupil asks."""

from __future__ import annotations

import signal
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mathpal_lightning.commands.bounds import LAST_PORT, LEAST_CONTEXT, require_at_least
from mathpal_lightning.errors import ConfigError, WriteError
from mathpal_lightning.files import why_not_writable
from mathpal_lightning.llama_cpp import LlamaSettings, watch_llama
from mathpal_lightning.serving import SLOTS, context_for, find_gguf, run_of
from mathpal_lightning.serving.guard import API_KEY_VARIABLE

if TYPE_CHECKING:  # it needs the extra `serve`
    from mathpal_lightning.serving.web import PageServer

_PARTS = {
    "latex2mathml": "which typesets formulas",
    "markdown_it": "which reads Markdown",
    "ziamath": "which carries the font of formulas",
    "starlette": "which answers requests",
    "uvicorn": "which reads and writes them",
    "prometheus_client": "which counts them",
    "jsonschema": "which checks them",
    "segno": "which draws the QR code for phones",
}


def serve(
    run: Path,
    host: str = "127.0.0.1",
    port: int = 8080,
    context: int | None = None,
    threads: int | None = None,
    llama_server: Path | None = None,
    tls_certificate: Path | None = None,
    tls_key: Path | None = None,
    votes: int | None = None,
    lessons: Path | None = None,
) -> None:
    """Solve problems for the people of this machine, or of a network, until Ctrl-C.

    Args:
        run: A run folder, whose best GGUF is served, or a .gguf file.
        host: The address to listen on. Anything but this machine's own asks for a key: $MATHPAL_API_KEY, or one made and
            shown at the start.
        port: The port; 0 takes any free one.
        context: Context of llama.cpp in tokens, shared by all questions that are solved at the same time. Default: 16384
            (room for eight); 4096 (room for three) if the GGUF is larger than 2 GB.
        threads: Threads of llama.cpp; by default its own choice.
        llama_server: An installed llama-server; by default the package xllamacpp, then a llama-server on the PATH.
        tls_certificate: A certificate with its chain, in PEM: the page comes over HTTPS. Give its key too.
        tls_key: The certificate's private key, in PEM, without a password.
        votes: Attempts at each problem; the page shows one whose answer most attempts share. By default those of the
            run's config (`evaluation.votes`); where that is 1, up to 4 where the arithmetic of the first one is wrong.
        lessons: The teacher's mode: on this machine the page /teacher shows the day's questions, and what a teacher marks or
            corrects is saved in this folder, as rows for `objective: sft` and pairs for `dpo`. Pupils are told of it.

    Raises:
        ModelError: There is no GGUF, or llama.cpp cannot load it, at the start or when it has to be started again.
        ConfigError: A part is not installed, a number is out of its bounds, the address is taken, or the key could be guessed.
        WriteError: The folder for --lessons may not be written to.
    """
    require_at_least(1, votes=votes, threads=threads)
    require_at_least(LEAST_CONTEXT, context=context)
    if not 0 <= port <= LAST_PORT:
        raise ConfigError(f"--port of 0 to {LAST_PORT}", str(port), "8080 is the usual one; 0 takes any free one.")
    if lessons and (why := why_not_writable(lessons)):
        raise WriteError("a folder for --lessons that may be written to", why, "Name another folder.")
    _require_parts()
    from mathpal_lightning.serving.examples import solved_examples
    from mathpal_lightning.serving.settings import PageSettings, plan_of
    from mathpal_lightning.serving.web import Tls, bind

    if (tls_certificate is None) != (tls_key is None):
        raise ConfigError("both --tls_certificate and --tls_key, or neither", "one of them", "Name the other file too.")
    tls = Tls(tls_certificate, tls_key) if tls_certificate and tls_key else None
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that both end in the same way
    gguf = find_gguf(run)
    context = context or context_for(gguf)
    if lessons:
        lessons.mkdir(parents=True, exist_ok=True)  # now, so that no teacher learns after a lesson that it cannot be made
    page = PageSettings(plan_of(run_of(run).read_config(), votes), solved_examples(run), lessons)
    settings = LlamaSettings(gguf, _name(run), context, SLOTS, shared=True, threads=threads, program=llama_server)
    try:
        with bind(host, port, context, tls, page) as server, watch_llama(settings, _tell, server.shutdown) as server.llama:
            _announce(server, gguf, _name(run), lessons)
            print("Ctrl-C stops.", flush=True)
            server.serve_forever()
            if server.llama.failure:
                raise server.llama.failure
    except KeyboardInterrupt:
        print("\nStopped.")


def _announce(server: PageServer, gguf: Path, model: str, lessons: Path | None) -> None:
    """Say what is served and where. A person at a terminal also gets a code that phones read."""
    from mathpal_lightning.serving.invitation import code_for_terminal, link_to

    key = server.guard.key if server.guard.made_key else None  # a key of your own is never shown
    link = link_to(f"{server.url}/", key)
    print(f"{gguf}, {gguf.stat().st_size / 1e6:,.0f} MB, by llama.cpp")
    print(f"  page  {server.url}/\n  API   {server.url}/v1   model {model!r}")
    if lessons:
        print(f"  teacher  {link_to(f'{server.url}/teacher', key)}   on this machine only; rows go to {lessons}")
    if key:
        print(f"  key   {key}   (made now and kept nowhere; ${API_KEY_VARIABLE} sets your own)")
        print(f"  link  {link}   (opens the page without typing the key)")
    if server.is_shared and sys.stdout.isatty():
        print("  phone  on the same Wi-Fi: scan this code. Điện thoại cùng mạng Wi-Fi quét mã này để mở trang.\n")
        print(code_for_terminal(link))


def _require_parts() -> None:
    for part, use in _PARTS.items():
        if find_spec(part) is None:
            raise ConfigError(
                f"the package {part.replace('_', '-')}, {use}",
                f"no {part}",
                "Install it: pip install 'mathpal-lightning[serve]'. `mathpal chat` works without.",
            )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _name(run: Path) -> str:
    """What the API calls the model: the run's name."""
    return run.resolve().stem if run.suffix == ".gguf" else run.resolve().name
