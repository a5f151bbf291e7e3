"""What the other rule would have given, in one sentence. For comparison only."""

from __future__ import annotations

import streamlit as st

from core import results, rounds, rules
from core.election import Allocation
from core.permissions import Actor
from core.rounds import Round
from pages.parts import choices, rule_words, visit
from pages.parts.i18n import _, n_

# Above this a comparison would hold the page up; the command line can still make it.
MOST_BALLOTS = 20_000


def sentence(round: Round, actor: Actor, allocation: Allocation, ballots: int) -> str:
    """Return how many projects another rule would have chosen differently; nothing where none fits."""
    options = [one.value for one in choices.rules(round.ballot.type) if one.value != allocation.rule]
    if not options or ballots > MOST_BALLOTS or round.ballot.type == "points":
        return ""
    other = _funded(round.id, round.version, options[0], actor)
    if other is None:
        return ""
    chosen = {one.id for one in allocation.funded}
    name = rule_words.name(options[0])
    missing = len(chosen - set(other))
    if not missing and len(other) == len(chosen):
        return _("With another rule – {rule} – the same projects would have been chosen.", rule=name)
    more = len(set(other) - chosen)
    return n_(
        "With another rule – {rule} – {count} project would be missing and {more} would have come in instead.",
        "With another rule – {rule} – {count} projects would be missing and {more} would have come in instead.",
        missing,
        rule=name,
        more=more,
    )


@st.cache_data(max_entries=50, show_spinner=False)
def _funded(round_id: int, version: int, rule: str, _actor: Actor) -> tuple[str, ...] | None:
    """Return the ids that `rule` would fund; it is kept for this version of the round."""
    del version  # part of the key only
    with visit.reading() as session:
        instance, profile = results.load_election(session, rounds.get(session, _actor, round_id))
    try:
        return tuple(one.id for one in rules.allocate(rule, instance, profile).funded)
    except Exception:  # noqa: BLE001 - a comparison that cannot be made is left out
        return None
