"""A round from its codes to its protocol, lived by people at browsers: what they know, and what came out of it all.

They speak to a real server, over HTTP and Streamlit's websocket, each from an address of her own.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from core import clock
from core.people import second_step, sessions
from tests.bench.visitor import Visitor
from tests.helpers.paths import ROOT

SLUG = "linkage"
SAME = {"sec-fetch-site": "same-origin", "accept-language": "en"}
CODE = re.compile(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{5,6}){2,3}\b")


@dataclass
class Review:
    """What must stand nowhere, by name, and every place that was looked at."""

    secrets: dict[str, str | bytes] = field(default_factory=dict)
    places: dict[str, bytes] = field(default_factory=dict)

    def keep_secret(self, name: str, secret: str | bytes) -> None:
        """Note a secret; a second one of the same name gets a number."""
        if secret not in self.secrets.values():
            taken = sum(each.partition(" #")[0] == name for each in self.secrets)
            self.secrets[f"{name} #{taken}"] = secret

    def keep_place(self, name: str, content: bytes) -> None:
        """Note what came out somewhere."""
        self.places[name] = self.places.get(name, b"") + b"\n" + content


@dataclass
class Person:
    """Somebody at a browser. What she is told and what she sends is written down as hers."""

    review: Review
    base: str
    name: str
    password: str
    address: str
    cookies: dict[str, str] = field(default_factory=lambda: {"lang": "en"})

    def __post_init__(self) -> None:
        self.keep("name", self.name)
        self.keep("password", self.password)
        self.keep("address", self.address)

    def keep(self, what: str, secret: str | bytes) -> None:
        self.review.keep_secret(f"{what} of {self.name}", secret)

    @property
    def headers(self) -> dict[str, str]:
        return {**SAME, "x-forwarded-for": self.address}

    def at(self) -> Visitor:
        """Return a tab of her browser."""
        return Visitor(self.base, self.cookies, headers=self.headers)

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request with her cookies, and keep those that come back."""
        async with httpx.AsyncClient(
            base_url=self.base, headers=self.headers, cookies=self.cookies, trust_env=False, timeout=180
        ) as client:
            answer = await client.request(method, path, **more)
        for name, value in answer.cookies.items():
            self.cookies[name] = value
            if name not in ("lang", "_streamlit_xsrf"):
                self.keep("token" if name == "glas" else "cookie", value)
        return answer

    async def arrive(self, tab: Visitor) -> None:
        """Change the ticket that the page has for her cookie, as its component does."""
        ticket = data_of(tab, "glas_sign_in")["ticket"]
        self.keep("ticket", ticket)
        assert (await self.ask("POST", "/session", json={"ticket": ticket})).status_code == 204
        self.keep("token", self.cookies["glas"])
        self.keep("digest", sessions.digest(self.cookies["glas"]))

    async def sign_in(self, password: str = "") -> Visitor:
        """Log out of this browser, log in by the form and return the page after it; a wrong password leads nowhere."""
        self.cookies.pop("glas", None)
        async with self.at() as tab:
            await tab.open("sign-in")
            tab.fill("Name or e-mail", self.name)
            tab.fill("Password", password or self.password)
            await tab.click("Log in")
            assert not tab.exceptions
            if not password:
                await self.arrive(tab)
        return tab

    async def set_up_second_step(self) -> None:
        """Set up the app, keep its recovery codes and get a sign-in in which the role counts."""
        async with self.at() as tab:
            await tab.open("second-step")
            text = found(r'g-num">([A-Z2-7 ]+)<', tab).replace(" ", "")
            secret = base64.b32decode(text)
            self.keep("totp", text)
            self.keep("totp", secret)
            tab.fill("Code", second_step.one_time_password(secret, int(clock.now().timestamp()) // second_step.SECONDS))
            await tab.click("Go on")
            for code in re.findall(r'g-slip">([^<]+)<', tab.shown().decode("utf-8", "replace")):
                self.keep("recovery", code)
            await tab.click("I have saved them")
            await self.arrive(tab)

    async def join(self, mail: str) -> None:
        """Join and keep the recovery code."""
        self.keep("mail", mail)
        async with self.at() as tab:
            await fill_joining(tab, self, mail)
            await tab.click("Join")
            self.keep("recovery", found(r'g-code">([^<]+)<', tab))
            await self.arrive(tab)

    async def vote(self, choices: list[str], replaces: int = 0, **more: object) -> httpx.Response:
        """Cast a ballot, ask whether it arrived, and have the code of its receipt drawn."""
        request = os.urandom(16).hex()
        self.keep("request", request)
        sent = {"request_id": request, "choices": choices, "replaces": replaces, "nonce": os.urandom(32).hex(), **more}
        url = f"/api/rounds/{SLUG}/ballot"
        answer = await self.ask("POST", url, json=sent)
        if answer.status_code == 201:
            told = answer.json()
            self.keep("receipt", told["number"])
            self.keep("receipt", told["latin"])
            assert (await self.ask("GET", url, params={"request_id": request})).status_code == 200
            query = told["link"].partition("?")[2]
            assert (await self.ask("POST", "/api/receipt", content=query)).status_code == 200
        return answer

    async def look(self, page: str, query: str = "", *, at: str = "") -> bytes:
        """Open a page, note what came as the place `at`, and return it."""
        async with self.at() as tab:
            await tab.open(page, query)
            assert not tab.exceptions
            shown = tab.shown()
        if at:
            self.review.keep_place(at, shown)
        return shown

    async def press(self, page: str, button: str, query: str = "", **fields: str) -> Visitor:
        """Open a page, fill in fields, press a button, and return the tab as it then stands."""
        async with self.at() as tab:
            await tab.open(page, query)
            for label, text in fields.items():
                tab.fill(label.replace("_", " "), text)
            await tab.click(button)
            assert not tab.exceptions
        return tab

    async def fetch(self, path: str, at: str) -> bytes:
        """Download a file and note it with all that is packed in it."""
        answer = await self.ask("GET", path)
        assert answer.status_code == 200, path
        self.review.keep_place(at, answer.content)
        return answer.content


async def fill_joining(tab: Visitor, person: Person, mail: str) -> None:
    await tab.open("join")
    for label, text in {
        "Name others will see": person.name, "E-mail (optional)": mail, "Year of birth": "2006",
        "Where do you live, study or work?": "Centre", "Password": person.password,
    }.items():  # fmt: skip
        tab.fill(label, text)


def found(pattern: str, tab: Visitor) -> str:
    """Return what a pattern finds on a page."""
    match = re.search(pattern, tab.shown().decode("utf-8", "replace"))
    assert match, pattern
    return match[1]


def data_of(tab: Visitor, component: str) -> dict[str, Any]:
    """Return what a component on the page was given."""
    element = next(each for each in tab.elements.values() if getattr(each, "component_name", "") == component)
    given = json.loads(element.json)
    return dict(json.loads(given["json"]) if "json" in given else given)


@contextmanager
def changed(folder: Path, do: str, undo: str) -> Iterator[None]:
    """Let something be wrong with the server's database meanwhile."""
    for statement in (do, undo):
        connection = sqlite3.connect(folder / "data" / "glas.db", timeout=20)
        connection.execute(statement)
        connection.commit()
        connection.close()
        if statement is do:
            yield


def refusing(folder: Path, table: str, words: str) -> Any:
    """Let the database refuse new rows of a table with these words."""
    refuse = f"SELECT RAISE(ABORT, '{words}')"
    do = f"CREATE TRIGGER refusing BEFORE INSERT ON {table} BEGIN {refuse}; END"
    return changed(folder, do, "DROP TRIGGER refusing")


def glas(folder: Path, *words: str) -> bytes:
    """Return what the command line says."""
    environment = {**os.environ, "GLAS_DATA_DIR": str(folder / "data"), "GLAS_KEY_DIR": str(folder / "keys")}
    environment.pop("GLAS_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "pages.terminal", *words], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
