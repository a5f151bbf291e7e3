"""The brief for the council says who decided: where two did, both are named."""

from __future__ import annotations

import re

import pytest

from tests.helpers import voted, worlds
from tests.pages.conftest import Opener, html


def lines(page: str) -> list[str]:
    """Return the lines of the journal, without their times."""
    found = page.split('id="b-journal"')[1].split("</ul>")[0]
    told = [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<span class="g-grow">(.*?)</li>', found, re.DOTALL)]
    return [re.sub(r"\s+", " ", one).strip() for one in told]


@pytest.mark.parametrize(
    ("language", "count", "publish", "both"),
    [
        ("bg", "Преброяване на бюлетините", "Обявяване на резултата",
         "поискано от organiser, съгласие от second_organiser"),
        ("en", "Counted the ballots", "Published the result",
         "asked for by organiser, agreed to by second_organiser"),
    ],
)  # fmt: skip
def test_what_two_people_decided_is_told_of_both_and_once(
    town: worlds.Town, open_app: Opener, language: str, count: str, publish: str, both: str
):
    voted.vote(town, voted.voters(town, 3))
    voted.close(town)

    told = lines(html(open_app("council/brief_page.py", town.council, language, round="2026")))

    assert told == [f"{publish} · {both}", f"{count} · {both}"]
