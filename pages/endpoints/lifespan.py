"""The start of the server: load what the first visitor would otherwise wait for."""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from core.trust import readiness
from db.engine import reading
from pages.endpoints import housekeeping
from pages.parts import i18n, templates, visit

# Not pandas and pyarrow: only tables of staff pages need them, and bring them with the first one.
HEAVY = ("streamlit.elements.arrow", "core.counting.rules", "pages.parts.header")


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Warm up, then serve."""
    warm()
    packing = asyncio.create_task(asyncio.to_thread(pack_scripts))
    keeping = asyncio.create_task(housekeeping.keep_house())
    yield
    for task in (packing, keeping):
        task.cancel()


def warm() -> None:
    """Import the heavy modules, compile the templates, open the database; then keep the collector off all of it."""
    for name in HEAVY:
        try:
            import_module(name)
        except ImportError:
            continue
    environment = templates.environment()
    for template in environment.list_templates():
        environment.get_template(template)
    for language in i18n.known():
        i18n.catalogue(language)
    with reading() as session:
        readiness.refuse_unsafe(session)
        visit.town_of(session)
    gc.collect()
    gc.freeze()


def pack_scripts() -> None:
    """Compress the scripts that every first visit loads."""
    from pages.endpoints import STREAMLIT, cached

    source = (STREAMLIT / "index.html").read_text("utf-8")
    for name in re.findall(r"\./(static/(?:js|css)/[\w.-]+)", source):
        (cached.load_style if name.endswith(".css") else cached.load)(STREAMLIT / name)
