"""The bytes of all tensors that are alive, and their highest sum, counted while a program runs."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

from mathpal_lightning.compat.torch import TorchDispatchMode, storage_address, tree_leaves

_LARGEST_KEPT = 32 << 20
"""glibc gives larger blocks back to the system when they are freed (the maximum of M_MMAP_THRESHOLD on 64 bits)."""


class LiveBytes(TorchDispatchMode):
    """Counts the bytes of all storages that operations made and that are still alive, and the highest count.

    It counts real tensors and torch's fake ones alike. `kept_now` and `kept_peak` count only the blocks that are small
    enough for an allocator to keep when they are freed.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch gives it no type
        self.now = self.peak = self.kept_now = self.kept_peak = 0
        self._alive: set[int] = set()

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        out = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, Tensor):
                self.see(leaf)
        return out

    def see(self, tensor: Tensor) -> None:
        """Count the tensor's storage, unless it is counted already."""
        storage = tensor.untyped_storage()
        address = storage_address(storage)
        if address not in self._alive:
            self._alive.add(address)
            self._add(storage.nbytes())
            weakref.finalize(storage, self._gone, address, storage.nbytes())

    def _gone(self, key: int, size: int) -> None:
        self._alive.discard(key)
        self._add(-size)

    def _add(self, size: int) -> None:
        self.now += size
        self.kept_now += size if abs(size) <= _LARGEST_KEPT else 0
        self.peak, self.kept_peak = max(self.peak, self.now), max(self.kept_peak, self.kept_now)
