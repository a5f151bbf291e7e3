"""A model of the vote – a dictionary – and the vote itself, driven at random: they always agree, to the last tally."""

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core import tally, trust, voting
from core.ballots.forms import to_text
from core.errors import BallotStale, NotFound, VotingClosed
from core.store import reading, transaction
from core.trust import board, slots
from tests.helpers import boxes, worlds
from tests.helpers.sizes import EXAMPLES, STEPS

VOTERS = st.integers(0, 4)
CHOICES = st.lists(st.sampled_from(sorted(worlds.COSTS)), min_size=1, max_size=3, unique=True)
_names = count()


class Vote(RuleBasedStateMachine):
    """One round of a town. `chosen`: what lies in whose slot; `cast`: how often each slot was written."""

    town: worlds.Town

    @initialize(step=st.sampled_from([1, 2, 3]))
    def a_round(self, step):
        self.name = f"run-{next(_names)}"
        self.round = boxes.round_in_voting(self.town, self.name, tally_step=step)
        self.chosen, self.cast, self.requests, self.people, self.leaves = {}, {}, {}, [], 0
        self.over = False
        for _ in range(5):
            self.register()

    def register(self):
        with transaction() as session:
            name = f"voter-{next(_names)}"
            self.people.append(worlds.person(session, self.town.municipality, name, frozenset(), self.town.at))

    def submit(self, who, choices, replaces, request_id, *, crash=False):
        with transaction() as session:
            receipt = voting.cast_ballot(
                session,
                self.people[who],
                self.round.id,
                choices,
                at=self.town.at,
                replaces=replaces,
                request_id=request_id,
            )
            if crash:
                raise ConnectionError
            return receipt

    def written(self, who, receipt, choices):
        self.cast[who] = self.cast.get(who, 0) + 1
        self.leaves += 1
        self.requests[who] = (receipt.request_id, receipt)
        assert receipt.revision == self.cast[who]
        if choices is None:
            self.chosen.pop(who, None)
        else:
            self.chosen[who] = to_text(sorted(choices))

    @rule(who=VOTERS, choices=CHOICES)
    def cast_or_replace(self, who, choices):
        replaces, request_id = self.cast.get(who, 0), f"request-{self.cast.get(who, 0)}"
        if self.over:
            with pytest.raises(VotingClosed):
                self.submit(who, choices, replaces, request_id)
            return
        self.written(who, self.submit(who, choices, replaces, request_id), choices)

    @precondition(lambda self: not self.over)
    @rule(who=VOTERS)
    def withdraw(self, who):
        with transaction() as session:
            act = lambda: voting.withdraw_ballot(  # noqa: E731
                session, self.people[who], self.round.id, at=self.town.at, replaces=self.cast.get(who, 0),
                request_id=f"withdraw-{self.cast.get(who, 0)}",
            )  # fmt: skip
            if who not in self.chosen:
                with pytest.raises(NotFound):
                    act()
                return
            receipt = act()
        self.written(who, receipt, None)

    @rule(who=VOTERS, choices=CHOICES)
    def the_same_request_again(self, who, choices):
        if who in self.requests:
            request_id, receipt = self.requests[who]
            # The end of voting may have been moved meanwhile, here by the close; the receipt's own facts stay.
            assert replace(self.submit(who, choices, 0, request_id), until=receipt.until) == receipt

    @precondition(lambda self: not self.over)
    @rule(who=VOTERS, choices=CHOICES)
    def a_late_old_request(self, who, choices):
        if self.cast.get(who, 0) > 1:
            with pytest.raises(BallotStale):
                self.submit(who, choices, self.cast[who] - 1, "a-late-one")

    @precondition(lambda self: not self.over)
    @rule(who=VOTERS, choices=CHOICES)
    def crash_before_the_commit(self, who, choices):
        with pytest.raises(ConnectionError):
            self.submit(who, choices, self.cast.get(who, 0), f"crashing-{self.cast.get(who, 0)}", crash=True)

    @rule()
    def restart(self):
        tally.forget()
        trust.forget()

    @precondition(lambda self: not self.over)
    @rule()
    def merge(self):
        with transaction() as session:
            board.batch(session, self.round.id)

    @rule(who=VOTERS)
    def erase(self, who):
        # The account goes, the ballot stays; a new person comes in her place.
        boxes.change("DELETE FROM person WHERE id = :id", id=self.people[who].person_id)
        self.chosen[f"erased {len(self.people)} {who} {len(self.chosen)}"] = self.chosen.pop(who, None)
        self.chosen = {name: text for name, text in self.chosen.items() if text}
        self.cast.pop(who, None)
        self.requests.pop(who, None)
        self.register()
        self.people[who] = self.people.pop()

    @precondition(lambda self: not self.over and self.leaves > 3)
    @rule()
    def close(self):
        at = boxes.end_voting(self.round.id)
        opened = boxes.until_count(self.town, self.round.id, at)
        self.over = True
        assert (opened.final_size, opened.ballots, opened.mismatches) == (self.leaves, len(self.chosen), ())
        here = "SELECT choices FROM open_ballot WHERE round_id = :id ORDER BY choices"
        assert [row.choices for row in boxes.rows(here, id=self.round.id)] == sorted(self.chosen.values())

    @invariant()
    def the_box_is_the_model(self):
        if not hasattr(self, "round"):
            return
        with reading() as session:
            assert tally.turnout(session, self.round.id).ballots == len(self.chosen)
            for who in range(5):
                mine = voting.my_ballot(session, self.people[who], self.round.id)
                assert (None if mine is None or mine.withdrawn else to_text(mine.choices)) == self.chosen.get(who)
            round_ = boxes.fresh(self.round.id)
            if self.round.tally_step == 1 or self.over:
                at = round_.dates.voting_until if self.over else self.town.at
                seen = tally.live(session, round_, at)
                assert seen.ballots == len(self.chosen)
                assert sum(votes for _code, votes in seen.supports) == sum(
                    text.count("p0") for text in self.chosen.values()
                )


def drive(town, machine, *, shrink=True):
    kind = type("Vote", (machine,), {"town": town})
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    how = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks, database=None,
        derandomize=EXAMPLES < 100, report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(kind, settings=how)


def test_the_vote_does_what_the_model_does(town):
    drive(town, Vote)


def test_control_a_vote_that_forgets_a_replacement_is_found_out(town, monkeypatch):
    real = slots.write

    def forgetful(connection, round_id, to, new):
        return real(connection, round_id, to, new) if new.revision != 2 or new.sealed is None else True

    monkeypatch.setattr(slots, "write", forgetful)
    with pytest.raises(AssertionError):
        drive(town, Vote, shrink=False)
