"""The queue: everybody is called, those who ask take turns, what is called surely fits, and each sees a true place."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.serving import waiting as module
from mathpal_lightning.serving.waiting import Ticket, TooManyWaiting, WaitingLine


def called(line: WaitingLine, tickets: list[Ticket]) -> list[Ticket]:
    """The tickets in the order in which they are called, each leaving as soon as it is."""
    order: list[Ticket] = []
    while len(order) < len(tickets):
        (ticket, *_) = [one for one in tickets if one.called.is_set() and one not in order]
        order.append(ticket)
        line.leave(ticket)
    assert line.waiting == 0
    assert not line.answered
    return order


def test_a_program_with_many_requests_does_not_keep_a_class_waiting():
    line = WaitingLine(slots=1, context=100)
    program = [line.join("program", 10) for _ in range(5)]
    an, binh = line.join("An", 10), line.join("Bình", 10)
    assert [line.place(ticket) for ticket in (program[1], an, binh, program[2])] == [0, 1, 2, 3]
    assert called(line, [*program, an, binh]) == [program[0], program[1], an, binh, *program[2:]]


def test_no_more_go_in_than_fit():
    line = WaitingLine(slots=3, context=100)
    first, second, third = (line.join(name, 60) for name in "abc")
    assert [one.called.is_set() for one in (first, second, third)] == [True, False, False]
    line.leave(first)
    assert [one.called.is_set() for one in (second, third)] == [True, False]
    huge = line.join("e", 10_000)
    assert called(line, [second, third, huge])[-1] is huge, "it goes in alone"


def test_what_fits_passes_what_does_not_yet_but_not_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_PASSED", 2)
    line = WaitingLine(slots=3, context=100)
    slow, long = line.join("slow", 60), line.join("long", 100)
    short = [line.join(f"short {number}", 10) for number in range(2)]
    assert [one.called.is_set() for one in (long, *short)] == [False, True, True], "one long question stops nobody"
    for one in short:
        line.leave(one)
    late = line.join("late", 10)
    assert not late.called.is_set(), "it was passed often enough"
    line.leave(slow)
    assert [one.called.is_set() for one in (long, late)] == [True, False]
    line.leave(long)
    assert late.called.is_set()


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 150)), max_size=40), st.data())
def test_whatever_comes_and_leaves_all_are_called_and_places_are_true(asked: list[tuple[str, int]], data: st.DataObject):
    line, inside, done = WaitingLine(slots=4, context=100), Counter[str](), 0
    waiting = [line.join(*one) for one in asked]
    while waiting:
        assert sum(one.tokens for one in line.answered) <= 100
        assert len(line.answered) <= 4
        queued = [one for one in waiting if not one.called.is_set()]
        assert sorted(map(line.place, queued)) == list(range(len(queued)))
        leaving = data.draw(st.sampled_from(waiting))
        waiting.remove(leaving)
        inside[leaving.who] += leaving.called.is_set()
        line.leave(leaving)
        done += 1
        assert not waiting or line.answered, "somebody is always inside while others wait"
    assert done == len(asked)


def test_a_place_is_told_when_it_changes_and_the_end_when_called(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_LOOK_EVERY_S", 0.001)

    async def watched() -> list[int]:
        line = WaitingLine(slots=1, context=10)
        first, second, mine = (line.join(name, 1) for name in "abc")
        places = []
        async for place in line.places(mine):
            places.append(place)
            line.leave(first if place == 1 else second)
        return places

    assert asyncio.run(watched()) == [1, 0]


@pytest.mark.parametrize("turns", range(5))
def test_who_leaves_at_the_moment_of_the_call_has_left(turns: int):
    """A cancellation that were lost there would keep the slot of a pupil who is gone."""

    async def call_and_cancel() -> bool:
        line = WaitingLine(slots=1, context=100)
        first, second = line.join("a", 1), line.join("b", 1)

        async def answer() -> None:
            async for _ in line.places(second):
                pass
            await asyncio.sleep(600)

        answering = asyncio.ensure_future(answer())
        await asyncio.sleep(0.01)
        line.leave(first)
        for _ in range(turns):
            await asyncio.sleep(0)
        answering.cancel()
        await asyncio.wait([answering], timeout=30)
        return answering.cancelled()

    assert asyncio.run(call_and_cancel())


def test_a_full_line_takes_nobody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    line = WaitingLine(slots=1, context=10)
    for name in "abc":
        line.join(name, 1)
    with pytest.raises(TooManyWaiting):
        line.join("d", 1)


def test_a_long_line_is_told_its_places_less_often():
    line = WaitingLine(slots=1, context=100)
    tickets = [line.join(str(number), 10) for number in range(301)]
    assert line.look_again_s == 3.0, "300 pupils, 100 of them a second"
    for ticket in tickets[30:]:
        line.leave(ticket)
    assert line.look_again_s == 0.5
