"""The story of a round: staff come in, codes are made, people join, vote and lose passwords, things break, it ends."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from core import clock, store
from db import tables
from tests.helpers import boxes, journey, worlds
from tests.helpers.journey import CODE, SLUG, Person, Review

# Not told by its form: only what is never written down cannot be read.
MARK = "Никифор-8Ж"
ROUND = f"round={SLUG}"
ORGANISERS = ("Радостина-5Ц", "Любосвета-6Ю")


class Round:
    """The people of a round, and what they do in it, one step after the other."""

    def __init__(self, base: str, folder: Path, review: Review) -> None:
        def person(name: str, number: int) -> Person:
            address = f"203.0.113.{70 + number}" if number % 2 else f"2001:db8:{number}:2::77"
            return Person(review, base, name, f"dalga-parola-nomer-{number}-za-vas", address)

        self.folder, self.review = folder, review
        self.organisers = [person(name, number) for number, name in enumerate(ORGANISERS, 1)]
        self.voters = [person("Жасмина-3Щ", 3), person("Ивалин-4Ъ", 4), person("Зорница-9Ф", 5)]
        self.guest = person("Гостенин-2Ч", 6)

    async def staff_comes_in(self) -> None:
        for one in self.organisers:
            one.password = worlds.PASSWORD
            one.keep("password", one.password)
            await one.sign_in(wrong := f"{one.password[:-1]}8")
            one.keep("wrong password", wrong)
            await one.sign_in()
            await one.set_up_second_step()

    async def codes_are_made(self) -> list[str]:
        first, second = self.organisers
        await first.press("codes", "Make the codes", ROUND, School_or_place="Гимназия", How_many="3")
        kinds: dict[str, str] = {}
        while "slips.pdf" not in kinds:
            await asyncio.sleep(0.5)
            shown = (await first.look("codes", ROUND, at="page codes made")).decode("utf-8", "replace")
            kinds = {path.rpartition("/")[2]: path for path in re.findall(r'href="(/slips/[^"]+)"', shown)}
        await first.fetch(kinds["slips.pdf"], "file slips")
        await first.fetch(kinds["sheet.pdf"], "file hand-out sheet")
        table = (await first.fetch(kinds["codes.csv"], "file codes")).decode("utf-8-sig")
        codes = [cell for cell in re.split(r"[,;\r\n]+", table) if CODE.fullmatch(cell)]
        assert len(codes) == 3
        for code in codes:
            self.review.keep_secret("code", code)
        assert (await second.ask("GET", kinds["codes.csv"])).status_code == 404
        await second.press("codes", "Release", ROUND)
        await second.look("codes", ROUND, at="page codes of another")
        return codes

    async def people_vote(self, codes: list[str]) -> None:
        for number, (one, code) in enumerate(zip(self.voters, codes, strict=True)):
            await one.join(f"zhasmina.{number}@example.org")
            one.keep("wrong password", "greshna-parola-za-vas")
            await one.sign_in("greshna-parola-za-vas")
            await one.sign_in()
            await one.press("vote", "Use the code", ROUND, Participation_code="22222-22222-222222")
            await one.press("vote", "Use the code", ROUND, Participation_code=code)
            assert (await one.vote(["p01"])).status_code == 201
            assert (await one.vote([f"p0{number + 1}"], 1)).status_code == 201
        assert (await self.voters[2].vote([], 2, withdraw=True)).status_code == 201
        for one in self.voters:
            number = next(text for name, text in self.review.secrets.items() if name == f"receipt of {one.name} #0")
            await one.press("board", "Check", Ballot_number=str(number))
        await self.voters[0].fetch("/account/export.json", "export")
        await self.guest.look("board", at="page board of a guest")

    async def passwords_are_lost(self) -> None:
        first, lost = self.organisers[0], self.voters[0]
        tab = await first.press("desk", "Make the slip", ROUND, Name_on_Glas=lost.name)
        self.review.keep_place("page slip", tab.shown())
        slip = journey.found(r"link=([\w-]{20,})", tab)
        self.review.keep_secret("slip", slip)
        del lost.cookies["glas"]
        async with lost.at() as tab:
            await tab.open("sign-in", f"link={slip}")
            await tab.click("Log in with this link")
            await lost.arrive(tab)
        forgetful = self.voters[1]
        recovery = next(
            text for name, text in self.review.secrets.items() if name == f"recovery of {forgetful.name} #0"
        )
        forgetful.password = "nova-dalga-parola-za-men"
        forgetful.keep("password", forgetful.password)
        async with forgetful.at() as tab:
            await tab.open("recover")
            tab.fill("Name or e-mail", forgetful.name)
            tab.fill("Recovery code", str(recovery))
            tab.fill("New password", forgetful.password)
            await tab.click("Set the new password")
            forgetful.keep("recovery", journey.found(r'g-code">([^<]+)<', tab))
            await forgetful.arrive(tab)

    async def things_break(self) -> None:
        voter, ticket = self.voters[0], "x" * 43
        self.review.keep_secret("made-up token", ticket)
        for path in (f"/no/such/page?link={ticket}", f"/sign-in/{ticket}", f"/_stcore/x?{ticket}"):
            self.review.keep_place("page not found", (await voter.ask("GET", path)).content)
        with journey.refusing(self.folder, "pending_leaf", f"no room, says {MARK}"):
            answer = await voter.vote(["p02"], 2)
            assert answer.status_code == 500
            self.review.keep_place("page broken vote", answer.content)
        late = Person(self.review, voter.base, "Късноидващ-7Я", "dalga-parola-nomer-9-za-vas", "203.0.113.99")
        late.keep("mail", "kusno@example.org")
        with journey.refusing(self.folder, "sign_in", "no room"):
            async with late.at() as tab:
                await journey.fill_joining(tab, late, "kusno@example.org")
                await tab.click("Join")
                assert "went wrong" in tab.shown().decode("utf-8", "replace")
                # Her own name still stands in the field in which she has typed it.
                broken = [each.body for each in tab.elements.values() if hasattr(each, "body")]
                self.review.keep_place("page broken", "\n".join(broken).encode())
        with journey.changed(self.folder, "ALTER TABLE leaf RENAME TO gone", "ALTER TABLE gone RENAME TO leaf"):
            answer = await voter.ask("GET", f"/log/{SLUG}/checkpoint?link={ticket}")
            answer = await voter.ask("GET", f"/log/{SLUG}/leaves?start=0&end=1&link={ticket}")
            assert answer.status_code == 500 and "<html" in answer.text
            self.review.keep_place("page failed", answer.content)

    async def the_round_is_closed(self) -> None:
        first, second = self.organisers
        await first.press("closing", "Ask to close the ballot box", ROUND)
        await second.press("closing", "Agree and close", ROUND)
        for organiser, button in ((first, "Hand in the draw"), (second, "Confirm the draw")):
            await organiser.press("closing", button, ROUND, What_came_up="4 1 6 2 5 3 1 1 6 2")
        await first.press("closing", "Open the ballots", ROUND)
        await second.press("closing", "Work out the turnout", ROUND)
        await first.press("closing", "Ask for the count", ROUND)
        await second.press("closing", "Agree and count", ROUND)
        await first.press("closing", "Ask to publish the result", ROUND)
        await second.press("closing", "Agree and publish the result", ROUND)

    async def everybody_reads(self) -> None:
        for page in ("protocol", "results", "board", "rules", "projects", ""):
            await self.guest.look(page, ROUND, at=f"page {page} of a guest")
        for path, name in {
            f"/open/{SLUG}/protocol.pdf?lang=bg": "file protocol bg",
            f"/open/{SLUG}/protocol.pdf?lang=en": "file protocol en",
            f"/rounds/{SLUG}/bundle.zip": "file bundle", f"/open/{SLUG}/election.pb": "file election",
            f"/open/{SLUG}/result.csv": "file result", f"/log/{SLUG}/checkpoint": "file checkpoint",
            f"/log/{SLUG}/leaves?start=0&end=7": "file leaves", f"/api/rounds/{SLUG}/live": "file live",
        }.items():  # fmt: skip
            await self.guest.fetch(path, name)
        await self.organisers[0].look("journal", ROUND, at="page journal")
        await self.organisers[0].look("journal", at="page journal of the town")
        for one in [*self.organisers, *self.voters]:
            assert (await one.ask("POST", "/session/out")).status_code == 303


async def lived(base: str, folder: Path, review: Review) -> None:
    """Live through the round."""
    round_ = Round(base, folder, review)
    await round_.staff_comes_in()
    codes = await round_.codes_are_made()
    await round_.people_vote(codes)
    await round_.passwords_are_lost()
    await round_.things_break()
    end_voting(folder)
    await round_.the_round_is_closed()
    await round_.everybody_reads()


def end_voting(folder: Path) -> None:
    with boxes.keys_of(folder), store.transaction() as session:
        found = session.exec(select(tables.Round.id).where(tables.Round.slug == SLUG)).one()
        boxes.ends(session, found or 0, clock.now() - timedelta(seconds=5))
