"""Guessing the key is slow: after a few wrong keys, an address waits longer and longer before its next key is checked."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

FREE_TRIES = 5
_LONGEST_S = 300.0
_MOST_ADDRESSES = 10_000
_FORGET_S = 3_600.0


class Throttle:
    """Counts wrong keys by address, an IPv6 network of 64 bits as one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Seconds until the next try of this address is looked at: after the sixth wrong key 1, then 2, 4, ... up to 300."""
        tries, last = self._wrong.get(_network(address), (0, 0.0))
        pause = min(2.0 ** (tries - FREE_TRIES - 1), _LONGEST_S) if tries > FREE_TRIES else 0.0
        return max(0.0, last + pause - self._clock())

    def count_wrong(self, address: str) -> None:
        """Note a wrong key."""
        network, now = _network(address), self._clock()
        tries, last = self._wrong.pop(network, (0, now))
        self._wrong[network] = (1 if now - last > _FORGET_S else tries + 1, now)
        while len(self._wrong) > _MOST_ADDRESSES:
            self._wrong.popitem(last=False)

    def count_right(self, address: str) -> None:
        """Forget the wrong keys of an address."""
        self._wrong.pop(_network(address), None)


def _network(address: str) -> str:
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network((read, 64), strict=False)) if read.version == 6 else str(read)
