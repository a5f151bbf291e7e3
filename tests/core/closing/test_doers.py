"""Who closed, drew, counted and published: two names a step, for everyone once the result is published."""

import pytest

from core import clock, closing
from core.closing import Doers
from core.errors import NotFound
from core.permissions import Action
from core.store import reading
from tests.helpers import boxes, voted
from tests.helpers.worlds import Town


def told(town: Town, who: str = "guest") -> tuple[Doers, ...]:
    with reading() as session:
        return closing.doers(session, getattr(town, who), town.round.id)


def test_two_people_stand_beside_each_step(town: Town):
    voted.vote(town, voted.voters(town, 12))
    voted.close(town)
    assert told(town) == tuple(
        Doers(step, "organiser", "second_organiser")
        for step in (Action.close_vote, Action.draw_ties, Action.count, Action.publish_result)
    )


def test_before_the_result_is_published_only_who_reads_the_journal_is_told(town: Town):
    voted.vote(town, voted.voters(town, 12))
    voted.end(town)
    boxes.until_count(town, town.round.id, clock.now())
    boxes.count(town, town.round.id, clock.now())
    for who in ("guest", "resident"):
        with pytest.raises(NotFound):
            told(town, who)
    assert [one.step for one in told(town, "auditor")] == [Action.close_vote, Action.draw_ties, Action.count]


def test_a_name_that_is_gone_is_told_no_more(town: Town):
    voted.vote(town, voted.voters(town, 12))
    voted.close(town)
    boxes.change("UPDATE person SET pseudonym = 'another' WHERE nickname = 'organiser'")
    assert {(one.asked, one.agreed) for one in told(town)} == {("", "second_organiser")}
