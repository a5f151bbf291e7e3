"""The frame of every page: who is looking, the menu for their roles, the page, and the foot."""

import streamlit as st

from pages.endpoints.errors import tell
from pages.parts import draw, header, menu, visit

now = visit.begin()
roles = now.actor.roles if now.actor else frozenset()

# Every page is there for everybody, so that an address always answers; another script answers where the role is missing.
pages = [
    st.Page(
        menu.file_for(entry, roles) if now.town else "public/not_set_up.py",
        title=menu.tab_title(entry),
        url_path=entry.path or "home",
        default=not entry.path,
    )
    for entry in menu.ENTRIES
]
page = st.navigation(pages, position="hidden")
header.draw(page.url_path, now.actor)

if now.town and now.town.demo:
    draw.draw("demo.html")
body = st.container(key="glas-page")
# The foot is drawn first and stands last, so that a page that leaves early has one too.
if now.town:
    draw.draw("foot.html", town=now.town)
with body:
    try:
        page.run()
    except Exception as error:
        # Told here, above the foot; Streamlit's own hook logs and ends the run.
        tell(error)
        raise
