"""Journal: who did what to a round, in words; lines are added, never changed."""

import streamlit as st

from core import ideas, journal
from core.ideas import projects
from pages.journal import words
from pages.parts import forms, grids, notices, templates, visit
from pages.parts.i18n import _
from pages.rounds import chosen

actor = visit.visitor()
notices.head(_("Journal"), _("Every step of the people who run a round. Lines are added, never changed or removed."))
round_ = chosen.pick("/journal")
with visit.reading() as session:
    entries = journal.entries(session, actor, round_.id)
    # Slips of the desk, invitations, roles: they belong to the town and to no round.
    of_town = journal.entries(session, actor)
    listed = projects.projects(session, actor, round_.id)
    known = () if round_.imported else ideas.ideas(session, actor, round_.id)

titles = {one.code: templates.told(one.title) for one in listed} | {
    # A line never repeats what is hidden, whoever reads it.
    f"idea {one.id}": templates.told(ideas.redacted(one).title)
    for one in known
}
found = words.actions(entries)
wanted = st.selectbox(
    _("Show"),
    ["", *found],
    format_func=lambda one: found[one] if one else _("everything"),
    key=forms.spoken(f"journal-{round_.id}"),
    filter_mode=None,
    placeholder="–",
    width=380,
)
shown = [one for one in entries if not wanted or one.action == wanted]
text = _(
    "Sign-in links and slips of the desk, invitations and roles, hidden names and accounts deleted on request. "
    "They belong to no round."
)
about, zone = _("People and access"), visit.town().timezone
by_day, as_table = st.tabs([_("By day"), _("As a table")], on_change="rerun", key=forms.spoken("journal-tabs"))
if by_day.open:
    with by_day:
        view = words.view(shown, currency=round_.currency, zone=round_.timezone, titles=titles)
        templates.draw("journal/journal.html", **view)
        templates.draw("parts/part_head.html", title=about, text=text)
        view = words.view(of_town, currency=round_.currency, zone=zone, titles={}, most=100, of=about)
        templates.draw("journal/journal.html", **view)
if as_table.open:
    with as_table:
        facts = {"currency": round_.currency, "zone": round_.timezone, "titles": titles}
        grids.show_grid(words.grid(shown, **facts, title=templates.told(round_.titles), file=f"journal-{round_.slug}"))
        templates.draw("parts/part_head.html", title=about, text=text)
        facts |= {"zone": zone, "titles": {}}
        grids.show_grid(words.grid(of_town, **facts, most=100, title=about, file="journal-people"))
