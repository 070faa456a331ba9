"""What the system knows of the pipe to which we write."""

from __future__ import annotations

import select


def reader_is_gone(descriptor: int) -> bool:
    """Whether nobody reads a pipe any more; False where the system cannot tell (Windows).

    Args:
        descriptor: the end of the pipe to which is written.
    """
    if not hasattr(select, "poll"):
        return False
    asked = select.poll()
    asked.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in asked.poll(0))
