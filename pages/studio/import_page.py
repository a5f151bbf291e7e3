"""Import an election: a Pabulib file becomes a round that can be counted and looked at right away."""

from functools import partial

import streamlit as st

from core import rounds
from core.errors import AlreadyImported, GlasError
from core.imports import elections
from pages.parts import i18n, notices, templates, uploads, visit
from pages.parts.i18n import _
from pages.rounds import file_notes, overview
from pages.server import upload_route

actor, at = visit.visitor(), visit.at()
notices.show()
file_notes.show(st.session_state.pop("import-notes", ()))
notices.head(
    _("Import an election"),
    _("A file in the Pabulib format (.pb) becomes a round: projects, ballots, dates and rule. It stays read-only."),
)
with visit.reading() as session:
    known = rounds.rounds(session, actor, imported=True)

sent = uploads.choose_file(
    "upload",
    accept=".pb,text/plain",
    choose=_("Choose a .pb file"),
    hint=_("Up to {size} MB. Nothing is published by it.", size=uploads.MOST // 1024**2),
)
place = st.container()
templates.draw("parts/staff_section.html", id="", title=_("Imported elections"), text="", tag="", tag_icon="")
templates.draw("studio/imported_rows.html", **overview.view(known, at))
if sent is not None:
    st.session_state["import-file"] = (sent, False)
sent, again = st.session_state.get("import-file", (None, False))
if sent is None:
    visit.leave()
wanted = uploads.ask(place, "import", sent, _("Import it once more anyway") if again else _("Import it"))
if wanted is None:
    visit.leave()
del st.session_state["import-file"]
uploads.empty("upload")

path = upload_route.take(sent.ticket, actor)
if path is None:
    notices.keep(_("The file is no longer here. Please send it again."), "er")
    st.rerun()
if not wanted:
    path.unlink(missing_ok=True)
    st.rerun()
told = _("Reading {name} …", name=overview.plain(sent.name))
bar = place.progress(0.0, text=told)
try:
    made = elections.import_election(
        visit.transaction, actor, path, home=i18n.in_all(lambda: _("Imported elections")), at=at, again=again,
        progress=partial(bar.progress, text=told),
    )  # fmt: skip
except AlreadyImported:
    notices.keep(_("This very file is here already: see the list below."), "wa")
    st.session_state["import-file"] = (uploads.Sent(upload_route.put_back(path, actor), sent.name), True)
    path = None
except GlasError as refusal:
    notices.refused(refusal)
else:
    notices.keep(_("Imported: {title}.", title=templates.told(made.titles)))
    st.session_state["import-notes"] = elections.notes(made)
finally:
    if path is not None:
        path.unlink(missing_ok=True)
st.rerun()
