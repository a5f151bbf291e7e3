"""The turnstile: few pages are made at once, lanes take turns, and nobody keeps a turn for ever."""

from __future__ import annotations

import asyncio

import pytest

from pages.server import turnstile
from pages.server.turnstile import Turnstile
from tests.helpers.aside import run


def test_lanes_take_turns_and_so_many_are_made_at_once():
    async def queue() -> list[str]:
        gate, begun = Turnstile(2), list[str]()
        turns = {}
        for name in ("a1", "a2", "a3", "b1", "c1"):
            turns[name] = gate.ask(name[0], lambda name=name: begun.append(name), lambda: None)
        order = list(begun)
        for name in ("a1", "a2", "b1"):
            gate.over(turns[name])
            order.append(f"{len(begun)}:{len(gate.had)}")
        return order + begun

    assert run(queue()) == ["a1", "a2", "3:2", "4:2", "5:2", "a1", "a2", "a3", "b1", "c1"]


def test_who_no_longer_waits_is_let_go():
    async def leave() -> tuple[list[str], int]:
        gate, begun = Turnstile(1), list[str]()
        first = gate.ask("a", lambda: begun.append("first"), lambda: None)
        second = gate.ask("b", lambda: begun.append("second"), lambda: None)
        gate.over(second)
        gate.over(first)
        return begun, gate.waiting()

    assert run(leave()) == (["first"], 0)


@pytest.mark.parametrize("hung_up", [False, True])
def test_a_turn_that_lasts_too_long_is_given_away(hung_up: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(turnstile, "LONGEST", 60.0 if hung_up else 0.02)

    async def wait() -> list[str]:
        gate, told = Turnstile(1), list[str]()
        first = gate.ask("a", lambda: told.append("first"), lambda: told.append("given away"))
        gate.ask("b", lambda: told.append("second"), lambda: None)
        if hung_up:
            gate.over(first, after=0.02)
        assert told == ["first"]
        await asyncio.sleep(0.2)
        return told

    assert run(wait()) == ["first", "second", "given away"]
