"""Work on a GPU -> the same work without Python: recorded in a CUDA graph and replayed with one launch."""

from __future__ import annotations

import functools
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

log = logging.getLogger(__name__)
Work = Callable[[], Tensor]
_WARM_UP = 1
"""Passes before the one that must not wait: in these, kernels are compiled or chosen, and libraries take scratch memory."""
_CLOSE = 0.02
"""Relative error that a replay may have: rounding of 16 bits in other kernels."""


@contextmanager
def recorded(work: Work, device: torch.device, wanted: bool = True) -> Iterator[Work]:
    """Give `work` back as something that is cheap to launch, on a GPU; elsewhere as it is.

    Args:
        work: launches kernels that read and write tensors at fixed addresses; to do it again changes nothing.
        device: where it works.
        wanted: False for `work` itself on a GPU too.

    Yields:
        What does the work. On a GPU its result is overwritten by the next call. The second call proves that the replay computes
        the same; its inputs must be others than those on entry.
    """
    if device.type != "cuda" or not wanted:
        yield work
        return
    with torch.cuda.device(device):
        recording = _recording(work, device)
    if recording is None:
        yield work
        return
    graph, result = recording
    try:
        yield _Replay(work, graph, result)
    finally:  # the memory of a graph is its own until it is reset
        torch.cuda.synchronize(device)
        graph.reset()


class _Replay:
    """Replays a graph once it has computed the same as the work itself, in the second call.

    A library that launches kernels on a stream of its own leaves them out of the graph without an error. On the inputs with
    which the graph was recorded, those of the first call, their results would still be there.
    """

    def __init__(self, work: Work, graph: torch.cuda.CUDAGraph, result: Tensor):
        self._work, self._graph, self._result = work, graph, result
        self._calls, self._trusted = 0, False

    def __call__(self) -> Tensor:
        self._calls += 1
        if self._trusted:
            self._graph.replay()
            return self._result
        expected = self._work()
        if self._calls == 2:
            self._graph.replay()
            self._trusted = bool((self._result - expected).norm() <= _CLOSE * expected.norm())
            if not self._trusted:
                _say_once("its replay gives other numbers")
        return expected


def _recording(work: Work, device: torch.device) -> tuple[torch.cuda.CUDAGraph, Tensor] | None:
    reason = ""
    for constants in (nullcontext(), ConstantsOnDevice()):
        try:
            with constants:
                _warm_up(work, device)
                return _record(work)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:  # torch has no narrower class for what a graph cannot hold
            reason = str(error).partition("\n")[0]
    _say_once(reason)
    return None


def _warm_up(work: Work, device: torch.device) -> None:
    """Do the work on a stream of its own, and raise a RuntimeError if it waits for the GPU, which a graph cannot hold.

    Found here, it costs nothing; a recording that breaks off has to be cleaned up after.
    """
    stream, current = torch.cuda.Stream(device), torch.cuda.current_stream(device)
    stream.wait_stream(current)
    before = torch.cuda.get_sync_debug_mode()
    with torch.cuda.stream(stream):
        for _ in range(_WARM_UP):
            work()
        try:
            _refuse_waiting("error")
            work()
        finally:
            _refuse_waiting(before)
    current.wait_stream(stream)


def _refuse_waiting(mode: str | int) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Synchronization debug mode is a prototype")
        torch.cuda.set_sync_debug_mode(mode)


def _record(work: Work) -> tuple[torch.cuda.CUDAGraph, Tensor]:
    graph, generator = torch.cuda.CUDAGraph(), torch.cuda.default_generators[torch.cuda.current_device()]
    try:
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):  # threads that pin memory for batches may go on
            result = work()
    except RuntimeError:
        generator.graphsafe_set_state(generator.clone_state())  # else every later random number is an error
        raise
    return graph, result


class ConstantsOnDevice(TorchFunctionMode):
    """Creates the tensors of a model's constant numbers on the GPU, because a graph cannot copy from the host's memory.

    Gemma 3n makes two at every pass: `torch.tensor(0.95, device=...)` and `torch.tensor(1e-5).to(device)`.
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Replace both forms by a kernel that fills a tensor with the number."""
        kwargs = kwargs or {}
        if func is torch.tensor and isinstance(args[0], int | float) and kwargs.get("device") is not None:
            kind = {"dtype": torch.get_default_dtype()} if isinstance(args[0], float) else {}
            return torch.full((), args[0], **kind | kwargs)
        if func is torch.Tensor.to and args[0].ndim == 0 and args[0].device.type == "cpu":
            device = kwargs.get("device") or next((each for each in args[1:] if isinstance(each, torch.device)), None)
            dtype = kwargs.get("dtype") or next((each for each in args[1:] if isinstance(each, torch.dtype)), args[0].dtype)
            if device is not None:
                return torch.full((), args[0].item(), dtype=dtype, device=device)
        return func(*args, **kwargs)


@functools.cache
def _say_once(reason: str) -> None:
    log.warning("Generation is slower than it could be: its work cannot be recorded in a CUDA graph (%s).", reason)
