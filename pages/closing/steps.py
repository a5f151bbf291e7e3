"""The step of closing that is to be done now: its explanation, its fields and its button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import closing, results
from core.closing import Closing
from core.errors import GlasError
from core.permissions import Action
from core.rounds import Round, steps
from core.rounds.steps import Step
from core.trust import lots
from core.trust.lots import Source
from pages.closing import words
from pages.parts import dates, names, notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _
from pages.parts.links import Link, to
from pages.rounds import choices, two_people
from pages.rounds.two_people import TwoPersonStep, Waiting


def draw_step(round_: Round, state: Closing, waiting: Waiting) -> None:
    """Draw the step and do what is pressed."""
    if state.step is Step.done:
        text = _("Everything is done. Nobody can tell any more who has voted, and the count stays checkable.")
        templates.draw("parts/note.html", look="ok", icon_name="verified", text=text, link=None, live=False)
        return
    with st.container(key=f"card-closing-{state.step}"):
        _explain(round_, state)
        _STEPS[state.step](round_, state, waiting)


def _explain(round_: Round, state: Closing) -> None:
    step = state.step
    templates.draw(
        "closing/closing_now.html",
        place=steps.place(step),
        of=len(steps.ORDER),
        title=names.step(step),
        who=words.who_acts(round_, step),
        text=words.meaning(round_, step),
    )


def _close(round_: Round, _state: Closing, waiting: Waiting) -> None:
    asked, fields = waiting.of(Action.close_vote), Fields(f"close-{round_.id}")
    # The second person agrees to what the first one chose, and chooses nothing.
    source = lots.read_source(asked.reason) if asked else _source(fields)
    step = two_people.TwoPersonStep(
        action=Action.close_vote,
        do=lambda session, _reason, consent: closing.close(
            session, visit.visitor(), round_.id, source, at=visit.at(), consent=consent
        ),
        title="",
        text="",
        ask=_("Ask to close the ballot box"),
        agree=_("Agree and close"),
        done=_("Closed. The final root is signed: read it aloud."),
        tells=lambda reason: _("Equal projects will be drawn by: {source}.", source=_worded(reason)),
        fields=None if asked else fields,
    )
    two_people.draw_step(round_, step, waiting)


def _source(fields: Fields) -> Source:
    """Draw the choice of how ties will be drawn, and return it."""
    templates.draw("parts/part_head.html", title=_("How will equal projects be drawn?"), text="")
    kind = fields.choice("kind", _("How will equal projects be drawn?"), words.sources(), "dice")
    if kind == "dice":
        return lots.DICE
    hint = _("for example: drand quicknet, round 12345678 – one that comes after the close")
    return Source(fields.text("source", _("The beacon and its round"), "", hint=hint))


def _worded(reason: str) -> str:
    return words.source(lots.read_source(reason))


def _randomness(round_: Round, state: Closing, waiting: Waiting) -> None:
    asked = waiting.of(Action.draw_ties)
    fields = Fields(f"draw-{round_.id}")
    source, mine = state.source or lots.DICE, bool(asked and asked.mine)
    two_people.tell_ended(round_, waiting, Action.draw_ties)
    templates.draw(
        "closing/closing_draw.html",
        source=words.source(source),
        how=() if mine else words.how(source),
        asked=asked,
        typed=state.typed,
        name=waiting.names.get(asked.asked_by) if asked else "",
    )
    if asked and mine:
        two_people.draw_back(round_, asked)
        return
    hint = _("at least the first 32 digits; spaces do not matter")
    if source.beacon is None:
        hint = _("ten figures from 1 to 6, for example: 4 1 6 6 2 3 5 1 2 6")
    typed = fields.text("randomness", _("What came up"), "", hint=hint, most=500)
    with st.container(horizontal=True):
        label = _("Confirm the draw") if asked else _("Hand in the draw")
        pressed = st.button(label, type="primary", key=f"draw-go-{round_.id}")
        if asked:
            two_people.draw_back(round_, asked)
    if pressed:
        _do(lambda session: closing.draw(session, visit.visitor(), round_.id, typed, at=visit.at()), fields)


def _opening(round_: Round, _state: Closing, _waiting: Waiting) -> None:
    shares: list[str] | None = None
    fields = Fields(f"open-{round_.id}")
    notices.show("opening")
    if round_.visibility == "sealed":
        hint = _("from paper; capital or small letters, with or without dashes")
        shares = [
            fields.text("first", _("Share of one member"), "", hint=hint, most=200),
            fields.text("second", _("Share of another member"), "", hint=hint, most=200),
        ]
    if not st.button(_("Open the ballots"), type="primary", icon=":material/lock_open:", key=f"open-go-{round_.id}"):
        return
    bar = st.progress(0.0, _("Opening …"))
    actor, at = visit.visitor(), visit.at()
    try:
        # Reading only, so that nothing is half done if somebody closes the window now.
        with visit.reading() as session:
            found = closing.unseal(
                session,
                actor,
                round_.id,
                at=at,
                shares=shares,
                progress=lambda part: bar.progress(part, _("Opening …")),
            )
        with visit.transaction() as session:
            state = closing.keep_opened(session, actor, round_.id, found, at=at)
    except GlasError as refusal:
        notices.refused(refusal, place="opening")
    else:
        fields.clear()
        notices.keep(words.fitting(state), "wa" if state.mismatches else "ok")
    st.rerun()


def _turnout(round_: Round, _state: Closing, _waiting: Waiting) -> None:
    if st.button(_("Work out the turnout"), type="primary", key=f"turnout-go-{round_.id}"):
        _do(lambda session: closing.keep_turnout(session, visit.visitor(), round_.id, at=visit.at()))


def _count(round_: Round, _state: Closing, waiting: Waiting) -> None:
    count(round_, waiting)


def _publish(round_: Round, _state: Closing, waiting: Waiting) -> None:
    links = (
        Link(to("/protocol", round=round_.slug), _("Open the protocol")),
        Link(to("/count", round=round_.slug), _("Look at the result")),
    )
    templates.draw("closing/closing_links.html", links=links)
    publish(round_, waiting)


def _objection(round_: Round, state: Closing, _waiting: Waiting) -> None:
    date = dates.moment(state.keep_until, zone=round_.timezone) if state.keep_until else ""
    text = _("Objections are possible until {date}. After that this step can be done.", date=date)
    if round_.held_until is not None:
        date = dates.moment(round_.held_until, zone=round_.timezone)
        text = _(
            "An objection waits for its answer. After it, and on {date} at the latest, this can be done.", date=date
        )
    templates.draw("parts/note.html", look="in", icon_name="schedule", text=text, link=None, live=False)


def _anonymise(round_: Round, _state: Closing, _waiting: Waiting) -> None:
    sure = st.checkbox(_("No objection is open. This cannot be undone."), key=f"forget-sure-{round_.id}")
    if st.button(_("Destroy every link to people"), type="primary", disabled=not sure, key=f"forget-go-{round_.id}"):
        _do(
            lambda session: closing.anonymise(session, visit.visitor(), round_.id, at=visit.at()),
            after=lambda: closing.finish(visit.reading),
        )


def _do(
    act: Callable[[Any], object], fields: Fields | None = None, *, after: Callable[[], object] | None = None
) -> None:
    """Do a step in one transaction, tell a refusal beside its field or on top, and draw the page anew."""
    try:
        with visit.transaction() as session:
            act(session)
        if after:
            after()
    except GlasError as refusal:
        if fields is None or not fields.refuse(refusal):
            notices.refused(refusal)
    else:
        if fields is not None:
            fields.clear()
    st.rerun()


_STEPS: dict[Step, Callable[[Round, Closing, Waiting], None]] = {
    Step.close: _close,
    Step.randomness: _randomness,
    Step.opening: _opening,
    Step.turnout: _turnout,
    Step.count: _count,
    Step.publish: _publish,
    Step.objection: _objection,
    Step.anonymise: _anonymise,
}


def count(round_: Round, waiting: Waiting) -> None:
    """Draw the step that counts; an imported election needs one person only."""
    rule: str | None = None
    counted: list[results.Counted] = []
    actor, at = visit.visitor(), visit.at()

    def work_out() -> None:
        if waiting.of(Action.count) is None and not round_.imported:
            return
        with visit.reading() as session:
            given = results.to_count(session, actor, round_.id, at=at, rule=rule)
        counted.append(results.work_out(given))

    def do(session: Any, _reason: str, consent: str | None) -> object:
        made = counted[0] if counted else None
        return results.count_round(session, actor, round_.id, at=at, rule=rule, counted=made, consent=consent)

    step = TwoPersonStep(
        action=Action.count,
        do=do,
        ahead=work_out,
        # Elsewhere the step stands under its own heading already.
        title=_("Start the count") if round_.imported else "",
        text=_("This election was decided elsewhere, so one person may count it.") if round_.imported else "",
        ask=_("Count now") if round_.imported else _("Ask for the count"),
        agree=_("Agree and count"),
        done=_("Counted and published.")
        if round_.imported
        else _("Counted. Look at the result before you publish it."),
    )
    with st.container(key="card-count"):
        if round_.imported and round_.rule in ("", "unknown"):
            fields = Fields(f"count-{round_.id}")
            templates.draw("parts/staff_text.html", text=_("The file does not say by which rule to count. Choose one."))
            rule = fields.choice("rule", _("Counting rule"), choices.rules(round_.ballot.type), "greedy")
        two_people.draw_step(round_, step, waiting)


def to_closing(round_: Round) -> None:
    """Draw the way to the guided page on which two people close, draw, open, count and publish."""
    text = _("Voting is over. Two organisers close the round step by step; every step can be interrupted.")
    link = Link(to("/closing", round=round_.slug), _("Go to the closing"))
    templates.draw("parts/note.html", look="in", icon_name="lock", text=text, link=link, live=False)


def publish(round_: Round, waiting: Waiting) -> None:
    """Draw the step that publishes the result."""
    text = _("Only organisers and auditors see this result. Published, everyone sees it, with every step of the count.")
    step = TwoPersonStep(
        action=Action.publish_result,
        do=lambda session, _reason, consent: results.publish(
            session, visit.visitor(), round_.id, visit.at(), consent=consent
        ),
        title="",
        text=" ".join(filter(None, (text, words.early(round_, visit.at())))),
        ask=_("Ask to publish the result"),
        agree=_("Agree and publish the result"),
        done=_("Published. Everyone sees the result now."),
    )
    with st.container(key="card-publish-result"):
        two_people.draw_step(round_, step, waiting)
