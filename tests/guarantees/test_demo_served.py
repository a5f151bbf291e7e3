"""On a real server: an account of the demo opens at this computer only, and what no text can hold is never heard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core import clock, store
from core.people import sessions
from db import engine, tables
from tests.bench.visitor import Visitor
from tests.helpers import aside, worlds
from tests.helpers.servers import serve

REFUSED = "Everybody knows the passwords of the demo"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Give the address of a server with a demo town, and the token of its organiser, who has shown a second step."""
    folder: Path = tmp_path_factory.mktemp("demo-served")
    with engine.use(f"sqlite:///{folder / 'data' / 'glas.db'}") as opened:
        store.upgrade()
        with engine.transaction() as session:
            town = worlds.build(session, clock.now())
            session.get_one(tables.Municipality, town.municipality.id).demo = True
            session.get_one(tables.Person, town.organiser.person_id).demo = True
            token = sessions.open_session(session, town.organiser, at=clock.now(), second_step=True)
        opened.dispose()
    with serve(folder, DEMO="0") as address:
        yield address, token


def log_in(base: str, name: str, headers: dict[str, str] | None = None) -> tuple[set[str], str]:
    """Return the components and the words of the page after somebody has typed the password."""

    async def typed() -> tuple[set[str], str]:
        async with Visitor(base, {"lang": "en"}, headers=headers) as visitor:
            await visitor.open("sign-in")
            visitor.fill("Name or e-mail", name)
            visitor.fill("Password", worlds.PASSWORD)
            await visitor.click("Log in")
            return visitor.components(), visitor.shown().decode("utf-8", "replace")

    return aside.run(typed())


def test_the_demo_opens_at_this_computer(served: tuple[str, str]):
    components, shown = log_in(served[0], "organiser")

    assert any("sign_in" in each for each in components) and REFUSED not in shown


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_through_anything_else_it_does_not(served: tuple[str, str], header: str):
    components, shown = log_in(served[0], "organiser", {header: "203.0.113.5"})

    assert not any("sign_in" in each for each in components) and REFUSED in shown


def test_a_cookie_of_the_demo_is_nobodys_elsewhere(served: tuple[str, str]):
    base, token = served
    ours = {"sec-fetch-site": "same-origin", "cookie": f"glas={token}"}

    def ask(**more: str) -> int:
        headers = {**ours, **{name.replace("_", "-"): value for name, value in more.items()}}
        return httpx.get(f"{base}/account/export.json", headers=headers, trust_env=False).status_code

    assert ask() == 200
    assert ask(x_forwarded_for="203.0.113.5") == 401
    assert ask(x_forwarded_for="127.0.0.1", x_glas_here="1") == 401


def test_a_name_with_a_zero_is_the_name_without_it(served: tuple[str, str]):
    components, _shown = log_in(served[0], "resi\x00dent\x00")

    assert any("sign_in" in each for each in components)
