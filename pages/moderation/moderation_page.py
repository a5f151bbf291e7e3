"""Moderation: what is hidden and why, hiding and showing again, and erasing an account on request."""

from core import ideas, moderation
from core.ideas import projects
from core.permissions import Action, may
from core.privacy import on_request
from pages.moderation import erasing, hiding
from pages.parts import notices, templates, visit
from pages.parts.i18n import _
from pages.rounds import chosen

actor, at = visit.visitor(), visit.at()
may_hide = may(actor, Action.hide)
notices.show()
notices.head(
    _("Moderation"),
    _(
        "What breaks the rules is hidden, with a reason that everyone reads. Only staff and the author still see it. "
        "Every step is in the journal, without the words."
    ),
)
round_ = chosen.pick("/moderation")
with visit.reading() as session:
    gone = moderation.hidden_words(session, actor, round_.id)
    names = moderation.hidden_words(session, actor)
    listed = projects.projects(session, actor, round_.id)
    known = ideas.ideas(session, actor, round_.id)
    waiting = on_request.waiting(session, actor) if may_hide else ()

templates.draw("parts/part_head.html", title=_("Hidden in this round"), text="")
hiding.draw_all(gone, may_show=may_hide)
templates.draw("parts/part_head.html", title=_("Hidden names"), text="")
hiding.draw_all(names, may_show=may_hide)
if not may_hide:
    visit.leave()

hiding.ask(round_, known, listed)
templates.draw(
    "parts/part_head.html",
    title=_("Delete an account on request"),
    text=_(
        "When its owner or a parent asks for it: one organiser notes the request, another one agrees. The same goes as "
        "when the owner deletes it; a ballot that was cast stays in the count. The owner sees in the profile that it "
        "was asked for. The journal keeps the roles, and no name."
    ),
)
erasing.draw_waiting(waiting)
erasing.ask()
