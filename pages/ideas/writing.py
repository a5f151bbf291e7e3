"""Writing an idea: its fields in two steps, kept at every change, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

import streamlit as st

from core import ideas, rounds
from core.errors import GlasError, IdeasFull, Invalid
from core.ideas import LENGTHS, Idea
from core.municipalities import Municipality
from core.phases import Phase
from core.rounds import Round
from pages.ideas import cards
from pages.parts import components, dates, forms, money, notices, refusals, templates, visit
from pages.parts.i18n import _, language, n_
from pages.parts.links import Link, here, number, to
from pages.rounds import chosen, switch, voided

FORM = "propose"

STEPS = {1: ("title", "problem", "solution"), 2: ("category_id", "area_id", "place", "cost")}

Values = dict[str, Any]


def start(idea: Idea | None, town: Municipality) -> Values:
    """Return what has been written so far; of an idea that is changed, what was typed since."""
    if idea is None:
        return {
            "title": "",
            "problem": "",
            "solution": "",
            "place": "",
            "area_id": None,
            "category_id": None,
            "cost": None,
        }
    texts = {name: templates.told(getattr(idea, name)) for name in ("title", "problem", "solution")}
    values = {**texts, "place": idea.place, "area_id": idea.area_id, "category_id": idea.category_id, "cost": idea.cost}
    if idea.submitted_at is None:
        # What was retired since is offered to no new idea.
        values |= {name: None for name, offered in _offered(town).items() if values[name] not in offered}
    return values | st.session_state.get(_typed(idea), {})


def ask(step: int, values: Values, town: Municipality, round_: Round) -> Values:
    """Draw the fields of a step and return all values with what was typed in them."""
    if step == 1:
        return values | _texts(values)
    return values | _place_and_cost(values, town, round_)


def keep(idea: Idea | None, typed: Values, values: Values, round_: Round, *, revising: bool) -> str:
    """Keep what was typed if it differs from what is kept; return what the chip says."""
    if typed != values:
        if revising and idea is not None:
            st.session_state[_typed(idea)] = typed
            return _("Kept on this page. Send it again when it is ready.")
        try:
            with visit.transaction() as session:
                ideas.save_draft(session, visit.visitor(), round_.id, at=visit.at(), language=language(), **typed)
        except GlasError as refusal:
            return refusals.sentence(refusal)
        return _("Draft saved.")
    return _("Draft saved.") if idea is not None and not revising else ""


def send(idea: Idea | None, values: Values, round_: Round, *, revising: bool) -> Idea:
    """Hand the idea in and return it. Raises what core refuses."""
    with visit.transaction() as session:
        if revising and idea is not None:
            sent = ideas.revise(session, visit.visitor(), idea.id, at=visit.at(), **values)
            st.session_state.pop(_typed(idea), None)
            return sent
        return ideas.submit(session, visit.visitor(), round_.id, visit.at())


def wrong(step: int, values: Values, round_: Round, town: Municipality) -> list[Invalid]:
    """Return what keeps a step from being finished; step 3 needs both others."""
    asked = STEPS.get(step, STEPS[1] + STEPS[2])
    found = [fault for fault in ideas.faults(values, round_, town) if fault.field in asked]
    if "cost" not in asked:
        return found
    try:
        money.parse(st.session_state.get(f"{FORM}-cost") or "1", round_.currency, field="cost")
    except Invalid as problem:
        # What is kept is the last good amount; this is what stands there now.
        return [*(fault for fault in found if fault.field != "cost"), problem]
    return found


def _typed(idea: Idea) -> str:
    return f"revised-{idea.id}"


def _texts(values: Values) -> Values:
    title = _line("title", _("Title"), _("Short and clear, up to 80 characters."), values)
    problem = _box("problem", _("What's wrong?"), _("Who feels it, and where? At least one sentence."), values)
    solution = _box(
        "solution", _("What do you suggest?"), _("What should stand or happen there, and who will it help?"), values
    )
    return {"title": title, "problem": problem, "solution": solution}


def _place_and_cost(values: Values, town: Municipality, round_: Round) -> Values:
    offered = _offered(town)
    # What was handed in before may stay where it stands.
    kept = {"category_id": town.category(values["category_id"]), "area_id": town.area(values["area_id"])}
    for name, one in kept.items():
        offered[name] |= {one.id: templates.told(one.names)} if one else {}
    category = _one_of("category_id", _("Topic"), offered["category_id"], values)
    area = _one_of("area_id", _("Area"), offered["area_id"], values)
    place = _line("place", _("Where exactly?"), _("For example: the park behind the library."), values)
    return {"category_id": category, "area_id": area, "place": place, "cost": _cost(values, round_)}


def _line(name: str, label: str, hint: str, values: Mapping[str, Any]) -> str:
    st.session_state.setdefault(f"{FORM}-{name}", values[name] or "")
    return _short(name, label, forms.line(FORM, name, label, hint=hint, most=None))


def _box(name: str, label: str, hint: str, values: Mapping[str, Any]) -> str:
    key = f"{FORM}-{name}"
    st.session_state.setdefault(key, values[name] or "")
    typed = st.text_area(f"{label} :small[{hint}]", key=key, height=128)
    forms.say(FORM, name, label)
    return _short(name, label, (typed or "").strip())


def _short(name: str, label: str, typed: str) -> str:
    """Return what was typed; that it is too long is said at once: with a limit of Streamlit's a paste would vanish."""
    most = LENGTHS[name][1]
    if len(typed) > most and name not in forms.problems(FORM):
        sentence = refusals.sentence(Invalid(name, "too_long", limit=most))
        components.fault(sentence, key=f"{FORM}-{name}", label=label, typing=True)
    return typed


def _offered(town: Municipality) -> dict[str, dict[int, str]]:
    """Return what the town offers to new ideas: field → id → name."""
    offered = {"category_id": town.offered_categories, "area_id": town.offered_areas}
    return {name: {one.id: templates.told(one.names) for one in some} for name, some in offered.items()}


def _one_of(name: str, label: str, options: dict[int, str], values: Mapping[str, Any]) -> int | None:
    """Draw the choice, unless the town has nothing to choose from; return what is chosen."""
    if not options:
        return None
    key, named = forms.spoken(f"{FORM}-{name}"), forms.told_apart({0: _("Choose from the list"), **options})
    st.session_state.setdefault(key, values[name] or 0)
    if st.session_state[key] not in named:
        st.session_state[key] = 0
    chosen = st.selectbox(
        label, list(named), key=key, format_func=lambda one: named.get(one, ""), filter_mode=None, placeholder=""
    )
    forms.say(FORM, name, label, key=key)
    return int(chosen) or None if chosen else None


def _cost(values: Mapping[str, Any], round_: Round) -> int | None:
    """Draw the cost; what is no amount is said at once, and the last good amount stays kept."""
    key, cost = f"{FORM}-cost", values["cost"]
    st.session_state.setdefault(key, "" if cost is None else money.plain(cost, round_.currency))
    hint = _("A rough figure is enough – the municipality will check it. Leave it empty if you don't know.")
    label = _("What might it cost? ({currency})", currency=round_.currency)
    typed = forms.line(FORM, "cost", label, hint=hint, most=20)
    if not typed:
        return None
    try:
        read = money.parse(typed, round_.currency, field="cost")
        if told := money.read_as(typed, read, round_.currency):
            templates.draw("parts/note.html", look="in", icon_name="info", text=told, live=True, link=None)
        return read
    except Invalid as problem:
        if "cost" not in forms.problems(FORM):
            components.fault(refusals.sentence(problem), key=key, label=label, typing=True)
        return cost if isinstance(cost, int) else None


def subject() -> tuple[Idea | None, Round]:
    """Return the idea that is being written and its round: the one named by `?idea=`, else the draft, else None."""
    actor, wanted = visit.visitor(), number("idea")
    if not wanted:
        round_ = chosen.a_round()
        with visit.reading() as session:
            return ideas.draft(session, actor, round_.id), round_
    try:
        with visit.reading() as session:
            idea = ideas.idea(session, actor, wanted)
            round_ = rounds.get(session, actor, idea.round_id)
    except GlasError:
        idea = None
    if idea is None or not idea.mine:
        notices.stop(_("There is no such idea"), _("Only its author can change an idea."))
    st.query_params.setdefault("round", round_.slug)
    return idea, round_


def step(values: dict[str, Any], round_: Round, town: Municipality) -> int:
    """Return the step that the address names, or the first one before it that is not finished."""
    wanted = min(number("step") or 1, 3)
    return next((earlier for earlier in range(1, wanted) if wrong(earlier, values, round_, town)), wanted)


def go(to_step: int, problems: Sequence[GlasError] = ()) -> NoReturn:
    """Open another step; the fields there show what is wrong with them."""
    st.query_params["step"] = str(to_step)
    if problems:
        forms.refuse(FORM, *problems)
    st.rerun()


def preview(values: dict[str, Any], town: Municipality, round_: Round) -> None:
    """Show the idea as others will see it."""
    cost = money.text(values["cost"], round_.currency) if values["cost"] is not None else ""
    templates.draw(
        "ideas/idea_preview.html",
        title=values["title"],
        category=cards.category_code(town, values["category_id"]),
        theme=cards.category_name(town, values["category_id"]),
        where=" · ".join(part for part in (cards.area_name(town, values["area_id"]), values["place"]) if part),
        cost=cost,
        problem=values["problem"],
        solution=values["solution"],
        name=visit.visitor().nickname,
    )


def sent(idea_id: int) -> None:
    """Show that the idea has arrived and what follows."""
    text = _("Reviewers look at it before others see it. Where it stands is always on your profile.")
    ways = [Link(here("/idea", id=idea_id), _("See your idea")), Link("/account", _("My profile"))]
    templates.draw(
        "parts/empty.html", icon_name="check_circle", title=_("Your idea has been sent"), text=text, links=ways
    )


def closed(round_: Round, at: datetime) -> None:
    """Show why nothing can be proposed now, and where to go instead."""
    phase, zone, plan = round_.phase(at), round_.timezone, round_.dates
    if round_.voided_at:
        text = voided.text(round_) + " " + _("A draft of yours stays kept.")
    elif phase is Phase.preparation and plan.ideas_from:
        text = _("Collecting ideas starts on {date}.", date=dates.day(plan.ideas_from, zone=zone))
    elif plan.ideas_until and phase is not Phase.preparation:
        end = dates.until(plan.ideas_until, zone=zone)
        text = _("Collecting ideas for this round ended on {date}. A draft of yours stays kept.", date=end)
    else:
        text = _("This round collects no ideas.")
    ways = [Link(here("/ideas"), _("See the ideas")), Link("/", _("Home"))]
    other = switch.where(round_, is_open=Phase.ideas)
    if other is not None:
        label = _("Submit an idea for: {round}", round=templates.told(other.titles))
        ways.insert(0, Link(to("/propose", round=other.slug), label))
    templates.draw("parts/empty.html", icon_name="event_busy", title=_("Submit an idea"), text=text, links=ways)


def full(round_: Round) -> None:
    """Show that nobody sends more ideas to this round than the visitor has, and what can be done."""
    text = refusals.sentence(IdeasFull(limit=round_.ideas_each))
    ways = [Link("/account", _("My profile")), Link(here("/ideas"), _("See the ideas"))]
    templates.draw("parts/empty.html", icon_name="lightbulb", title=_("Submit an idea"), text=text, links=ways)


def conditions(round_: Round) -> list[str]:
    """Return what an idea needs to pass the review."""
    found = [
        n_("is the only one you send to this round", "is one of at most {count} that you send", round_.ideas_each),
        _("is on municipal land or in a public building"),
        _("can be done within one year"),
        _("does not serve one club or firm only"),
    ]
    least, most = money.limits(round_.min_cost, round_.max_cost, round_.currency)
    if least and most:
        return [_("costs between {min} and {max}", min=least, max=most), *found]
    if least:
        return [_("costs at least {min}", min=least), *found]
    return [_("costs at most {max}", max=most), *found] if most else found
