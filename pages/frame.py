"""The frame of every page: who is looking, the menu for their roles, the page, and the foot."""

import streamlit as st

from pages import header, menu
from pages.parts import templates, visit
from pages.server.failures import tell

now = visit.begin()
roles = now.actor.roles if now.actor else frozenset()

page = st.navigation(menu.pages(roles, town=now.town is not None), position="hidden")
header.draw(page.url_path, now.actor)

if now.town and now.town.demo:
    templates.draw("parts/demo.html")
body = st.container(key="glas-page")
# The foot is drawn first and stands last, so that a page that leaves early has one too.
if now.town:
    templates.draw("parts/foot.html", town=now.town)
with body:
    if now.actor and now.actor.missed:
        header.missed(now.actor.missed)
    try:
        page.run()
    except visit.Left:
        pass
    except Exception as error:
        # Told here, above the foot; Streamlit's own hook logs and ends the run.
        tell(error)
        raise
