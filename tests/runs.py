"""Real `mathpal` processes that cost no start: one Python imports everything once and forks a child for each run.

    with Runs() as runs:
        done = runs.mathpal("fit", "--config", "config.yaml", cwd=folder)            # a Run: its status, its stderr
        done = runs.mathpal("fit", ..., cwd=folder, die_at=("write", 7))             # SIGKILL at the seventh write

The child counts the moments of its run and, where told to, sends itself SIGKILL at one of them. The kinds of moments: `step`
(in a training step, after its forward pass), `validation` (in a validation batch), `write` (a file of a checkpoint is about
to be opened, renamed or removed), `export` (the same for adapter/ and merged/). `python -m tests.runs` is that Python.
"""

import contextlib
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
FILE_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "shutil.copyfile"}


class Run(NamedTuple):
    """What became of a run."""

    status: int
    """The exit status; minus the signal's number where one killed it, as in subprocess."""
    stderr: str
    moments: dict[str, int]
    """How many moments of each kind it came to; empty for a killed one."""
    others: tuple[int, ...] = ()
    """The exit statuses of the other processes of the run, where it had several."""


class Runs:
    """The Python that forks. Use it as a context manager, or close it."""

    def __init__(self) -> None:
        environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.runs"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT, encoding="utf-8"
        )

    def __enter__(self) -> "Runs":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def mathpal(
        self,
        *arguments: str,
        cwd: Path,
        die_at: tuple[str, int] | None = None,
        env: dict[str, str] | None = None,
        limit: tuple[str, int] | None = None,
        before: str = "",
        processes: int = 1,
    ) -> Run:
        """Run `mathpal` in a fork, or in several with the variables of torchrun, and wait for all of them.

        Args:
            arguments: the command line.
            cwd: where it runs; moments.json and stderr.txt are written there.
            die_at: a kind of moment and its number, from 1.
            env: added to the environment.
            limit: a limit of the operating system ("RLIMIT_AS"), as much above what the child already has.
            before: Python that the child runs first.
            processes: of the run; the first one writes stderr.txt, process r stderr.r.txt.
        """
        asked = {"argv": arguments, "cwd": str(cwd), "die_at": die_at, "env": env or {}, "limit": limit, "before": before}
        (cwd / "moments.json").unlink(missing_ok=True)
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(
            json.dumps([asked | {"env": asked["env"] | rank} for rank in torchrun_variables(processes)]) + "\n"
        )
        self._process.stdin.flush()
        status, *others = map(int, self._process.stdout.readline().split())
        moments = json.loads((cwd / "moments.json").read_text(encoding="utf-8")) if (cwd / "moments.json").exists() else {}
        return Run(status, (cwd / "stderr.txt").read_text(encoding="utf-8"), moments, tuple(others))

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def torchrun_variables(processes: int) -> list[dict[str, str]]:
    """What torchrun tells each process of a run; nothing to a single one."""
    if processes == 1:
        return [{}]
    common = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "TORCHELASTIC_RUN_ID": "test"}
    common |= {"WORLD_SIZE": str(processes), "LOCAL_WORLD_SIZE": str(processes)}
    return [common | {"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(processes)]


def _free_port() -> int:
    """A port that stays free until the run takes it: of those that no system gives away by itself (Linux: from 32768 on)."""
    for port in random.SystemRandom().sample(range(20_000, 30_000), 100):  # whatever a test has seeded
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise OSError("Expected a free port between 20000 and 30000, but none of a hundred was.")


class Fuse:
    """Counts moments, and kills its own process at the one it was set to."""

    def __init__(self, die_at: tuple[str, int] | None):
        self.count: Counter[str] = Counter()
        self.die_at = tuple(die_at) if die_at else None

    def reached(self, kind: str) -> None:
        self.count[kind] += 1
        if self.die_at == (kind, self.count[kind]):
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, owner: int) -> None:
        """Watch the steps of the module, and the files of this process (not of its workers)."""
        from mathpal_lightning import MathPalModule

        def counted(hook: Any, kind: str) -> Any:
            def counting(*arguments: Any) -> Any:
                result = hook(*arguments)
                self.reached(kind)
                return result

            return counting

        MathPalModule.training_step = counted(MathPalModule.training_step, "step")  # type: ignore[method-assign]
        MathPalModule.validation_step = counted(MathPalModule.validation_step, "validation")  # type: ignore[method-assign]

        def audit(event: str, arguments: tuple[Any, ...]) -> None:
            if event not in FILE_EVENTS or os.getpid() != owner or not isinstance(arguments[0], str | Path):
                return
            if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
                return
            path = str(arguments[0])
            if "/checkpoints/" in path:
                self.reached("write")
            elif "/adapter" in path or "/merged" in path or "/.adapter." in path or "/.merged." in path:
                self.reached("export")

        sys.addaudithook(audit)


def _child(asked: dict[str, Any]) -> int:
    """Be `mathpal`: the exit status."""
    os.chdir(asked["cwd"])
    os.environ.update(asked["env"])
    rank = os.environ.get("RANK", "0")
    with open("stderr.txt" if rank == "0" else f"stderr.{rank}.txt", "w", encoding="utf-8") as errors:
        os.dup2(errors.fileno(), 2)
        os.dup2(errors.fileno(), 1)
    if asked["limit"]:
        name, more = asked["limit"]
        value = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * resource.getpagesize() + more
        resource.setrlimit(getattr(resource, name), (value, value))
    fuse = Fuse(asked["die_at"])
    fuse.watch(os.getpid())
    exec(asked["before"], {})
    from mathpal_lightning.cli.main import main

    status = 0
    try:
        main(asked["argv"])
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    if rank == "0":
        Path("moments.json").write_text(json.dumps(fuse.count), encoding="utf-8")
    return status


def _serve() -> None:
    """Import once, then fork for each line of standard input."""
    with contextlib.redirect_stdout(sys.stderr):
        import bitsandbytes  # noqa: F401
        import torch
        import transformers.models.gemma3.modeling_gemma3  # noqa: F401

        import mathpal_lightning.cli.lightning_cli  # noqa: F401

        torch.set_num_threads(1)
    for line in sys.stdin:
        children = []
        for asked in json.loads(line):
            children.append(os.fork())
            if children[-1] == 0:
                os._exit(_child(asked))
        statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(*statuses, flush=True)


if __name__ == "__main__":
    _serve()
