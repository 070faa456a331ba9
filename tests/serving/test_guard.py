"""Keys that somebody could guess are refused, and guessing is slow."""

import pytest

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.serving.guard import API_KEY_VARIABLE, Guard, weakness_of
from mathpal_lightning.serving.throttle import Throttle

WEAK = [
    "1",
    "toan",
    "1234567",
    "12345678",
    "87654321",
    "aaaaaaaa",
    "abababab",
    "abcdefgh",
    "Password1",
    "matkhau2024",
    "mathpal-lop5",
    "qwertyuiop",
]


@pytest.mark.parametrize("key", WEAK)
def test_a_weak_key_is_refused_and_not_shown(key: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(API_KEY_VARIABLE, key)
    for loopback in (True, False):
        with pytest.raises(ConfigError, match="a key .* that nobody guesses") as refused:
            Guard(loopback=loopback)
        assert key not in str(refused.value) or len(key) == 1


@pytest.mark.parametrize("key", ["chìa khóa", "5e0f9a31c7d24b68", "con mèo trèo cây cau", "Tr3o-Cay-Cau"])
def test_a_good_key_is_taken(key: str):
    assert weakness_of(key) == ""


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("BEARER   abc ", "abc"),
        ("Basic YTpi", ""),
        ("Bearer", ""),
        ("abc", ""),
        ("", ""),
    ],
)
def test_the_key_stands_behind_its_scheme(header: str, key: str):
    assert Guard(loopback=True).shown_key({"Authorization": header}) == key


def test_the_cookie_is_found_beside_those_of_other_programs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(API_KEY_VARIABLE, "con mèo trèo cây cau")
    guard = Guard(loopback=False)
    ours = guard.cookie().partition(";")[0]
    for cookies in (ours, f'a={{"x":1}}; {ours}', f"{ours};b=[1, 2]", f"a b=c; mathpal=older; {ours}; ="):
        assert guard.has_cookie({"Cookie": cookies}), cookies
    for cookies in ("", "mathpal", "mathpal=", "mathpal=other", f"x{ours}", f"a={ours}"):
        assert not guard.has_cookie({"Cookie": cookies}), cookies


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_sixth_wrong_key_waits_and_each_further_one_twice_as_long():
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(5):
        throttle.count_wrong("192.0.2.7")
        assert throttle.wait_s("192.0.2.7") == 0
    waits = []
    for _ in range(12):
        throttle.count_wrong("192.0.2.7")
        waits.append(throttle.wait_s("192.0.2.7"))
        clock.now += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert throttle.wait_s("192.0.2.8") == 0, "another address is not slowed"
    throttle.count_right("192.0.2.7")
    assert throttle.wait_s("192.0.2.7") == 0


def test_an_ipv6_network_counts_as_one_and_an_hour_forgets():
    clock = Clock()
    throttle = Throttle(clock)
    for host in range(7):
        throttle.count_wrong(f"2001:db8::{host}")
    assert throttle.wait_s("2001:db8::ffff") == 2
    assert throttle.wait_s("2001:db8:0:1::1") == 0
    clock.now += 3_601
    throttle.count_wrong("2001:db8::1")
    assert throttle.wait_s("2001:db8::1") == 0


def test_the_addresses_of_a_botnet_do_not_fill_the_memory():
    throttle = Throttle()
    for number in range(10_100):
        throttle.count_wrong(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(throttle._wrong) == 10_000
