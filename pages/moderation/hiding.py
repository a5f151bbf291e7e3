"""What is hidden, as staff see it, and the form that hides more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core import hidden, moderation
from core.errors import GlasError, Invalid
from core.ideas import Idea
from core.ideas.projects import Listed
from core.moderation import HiddenWords
from core.rounds import Round
from core.texts import Texts
from pages.parts import dates, i18n, names, notices, templates, visit
from pages.parts.forms import Choice, Fields, name_in
from pages.parts.i18n import _
from pages.parts.links import number, to

FORM = "hide"


def draw_all(gone: Sequence[HiddenWords], *, may_show: bool) -> None:
    """Draw what is hidden with its words and the public reason, each with a way to show it again."""
    if not gone:
        templates.draw("parts/staff_text.html", text=_("Nothing is hidden."))
    for one in gone:
        with st.container(key=f"card-hidden-{one.id}"):
            templates.draw(
                "moderation/hidden.html",
                what=_what(one),
                words=one.words,
                reason=one.reason,
                when=dates.moment(one.at),
                link=to("/idea", id=one.idea_id) if one.idea_id else "",
            )
            if may_show and st.button(_("Show it again"), key=f"show-{one.id}"):
                _act(
                    lambda session, one=one: moderation.show_again(session, visit.visitor(), one.id, at=visit.at()),
                    _("It is shown again."),
                )


def ask(round_: Round, known: Sequence[Idea], listed: Sequence[Listed]) -> None:
    """Draw the form that hides an idea, one of its texts, a project's, the reason of a review, or a name."""
    fields = Fields(f"{FORM}-{round_.id}")
    with st.container(key="card-hide"):
        templates.draw("parts/staff_section.html", id="", title=_("Hide something"), text="", tag="", tag_icon="")
        kind = fields.choice("kind", _("What?"), _kinds(known, listed), "idea" if known else "person")
        subject, name = _subject(fields, kind, known, listed)
        reason = _reason(fields)
        # Said before the button, for it cannot be mended afterwards.
        text = _(
            "From now on it is gone from every page, file and search. Copies that somebody took before – a page that "
            "is open, a downloaded file, for up to five minutes also a browser's own – cannot be recalled."
        )
        templates.draw("parts/note.html", look="wa", icon_name="visibility_off", text=text, link=None, live=False)
        go = st.button(_("Hide it"), type="primary", key=fields.key("go"), icon=":material/visibility_off:")
    if go and (open_ := _open(kind, subject, name)):
        fields.refuse(*open_)
        st.rerun()
    if go:
        _act(lambda session: _hide(session, round_, kind, subject, name, reason), _("It is hidden."), fields)


def _kinds(known: Sequence[Idea], listed: Sequence[Listed]) -> tuple[Choice, ...]:
    found = []
    if known:
        found.append(Choice("idea", _("An idea"), _("All of it, or one of its texts. Its project hides the same.")))
        found.append(Choice("review", _("A review"), _("The reason that is given for the verdict.")))
    if listed:
        text = _("Its code, its cost and its votes stay; in place of the words stands why they are hidden.")
        found.append(Choice("project", _("A project"), text))
    found.append(Choice("person", _("A name"), _("Until its owner chooses another one.")))
    return tuple(found)


def _subject(fields: Fields, kind: str, known: Sequence[Idea], listed: Sequence[Listed]) -> tuple[str, str]:
    """Draw what is to be hidden, and which part of it; return both."""
    if kind == "person":
        return fields.text("nickname", _("Name on Glas"), "", most=80), "nickname"
    if kind == "project":
        titles = {one.code: f"{one.code} · {templates.told(one.title)}" for one in listed}
        chosen = fields.one_of("project", _("Project"), titles, "", blank=True)
    else:
        judged = [one for one in known if kind == "idea" or one.review] or known
        titles = {str(one.id): f"{templates.told(one.title)} · {one.id}" for one in judged}
        chosen = fields.one_of("idea", _("Idea"), titles, str(number("idea")), blank=True)
    if kind == "review":
        return chosen, "reason"
    parts: Mapping[str, str] = {one: names.part(one) for one in hidden.PARTS[kind]}
    return chosen, fields.one_of(f"part-{kind}", _("Which part of it?"), parts, "", blank=True)


def _open(kind: str, subject: str, name: str) -> list[GlasError]:
    """Return a refusal for each thing that nobody has chosen yet."""
    field = {"person": "nickname", "project": "project"}.get(kind, "idea")
    problem = "required" if kind == "person" else "choice"
    return [Invalid(each, problem) for each, said in ((field, subject), (f"part-{kind}", name)) if not said]


def _reason(fields: Fields) -> Texts:
    """Draw the public reason in the town's own language and, if somebody wants, in the others."""
    own, *others = visit.town().languages
    hint = _("Everyone reads it. Say which rule is broken, and do not repeat the words.")
    most = moderation.REASON[1]
    said = {own: fields.text("reason", _("Public reason"), "", hint=hint, long=True, most=most)}
    for one in others:
        label = _("The same in {language} (optional)", language=i18n.name_of(one))
        said[one] = fields.text(name_in("reason", one), label, "", long=True, most=most)
    return Texts(said)


def _hide(session: Any, round_: Round, kind: str, subject: str, name: str, reason: Texts) -> None:
    actor, told = visit.visitor(), {"reason": reason, "at": visit.at()}
    if kind == "person":
        moderation.hide_name(session, actor, subject, **told)
    elif kind == "project":
        moderation.hide_project(session, actor, round_.id, subject, name, **told)
    elif kind == "review":
        moderation.hide_review(session, actor, int(subject), **told)
    else:
        moderation.hide_idea(session, actor, int(subject), name, **told)


def _act(do: Callable[[Any], None], done: str, fields: Fields | None = None) -> None:
    try:
        with visit.transaction() as session:
            do(session)
    except GlasError as refusal:
        if fields is None or not fields.refuse(refusal):
            notices.refused(refusal)
    else:
        notices.keep(done)
        if fields is not None:
            fields.clear()
    st.rerun()


def _what(one: HiddenWords) -> str:
    said = names.part(one.part)
    if one.kind == "person":
        return _("Name of the account {code}", code=one.name[-6:])
    if one.kind == "project":
        return _("Project {code}: {part}", code=one.name, part=said)
    return _("Idea {number}: {part}", number=one.name, part=said)
