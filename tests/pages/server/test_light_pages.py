"""Pages of guests and residents load no table library: it would cost memory on every server, and a wait."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from core.permissions import Role
from pages import menu
from tests.helpers.paths import ROOT

HEAVY = ("pandas", "pyarrow", "altair")
# A process of its own: in this one other tests have long loaded them.
SCRIPT = """
import sys
from streamlit.testing.v1 import AppTest
from core import clock, store
from core.people import sessions
from core.permissions import Role
from pages import menu
from pages.parts import visit
from pages.routes import routes
from pages.server import lifespan
from tests.helpers import worlds

store.upgrade()
with store.transaction() as session:
    town = worlds.build(session, clock.now())
    token = sessions.open_session(session, town.resident, at=clock.now())
lifespan.warm()
routes()
for bring in (None, token):
    visit.token = lambda: bring
    for entry in menu.ENTRIES:
        if Role.resident not in entry.roles or (bring is None and Role.guest not in entry.roles):
            continue
        app = AppTest.from_file("pages/frame.py", default_timeout=60).run()
        app = app.switch_page(entry.file).run()
        assert not app.exception, (entry.file, app.exception)
        print(entry.file, [name for name in HEAVY if name in sys.modules])
"""


def test_no_page_of_guests_or_residents_loads_a_table_library(tmp_path: Path):
    script = tmp_path / "open_all.py"
    script.write_text(
        SCRIPT.replace("HEAVY", repr(HEAVY)).replace('"pages/frame.py"', repr(str(ROOT / "pages" / "frame.py"))),
        "utf-8",
    )
    env = {
        "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "GLAS_DATA_DIR": str(tmp_path / "data"),
        "GLAS_KEY_DIR": str(tmp_path / "keys"), "GLAS_DATABASE_URL": f"sqlite:///{tmp_path / 'glas.db'}", "DEMO": "0",
    }  # fmt: skip

    done = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False
    )

    assert done.returncode == 0, done.stderr[-3000:]
    opened = [line for line in done.stdout.splitlines() if line.endswith("]")]
    assert len(opened) > len([entry for entry in menu.ENTRIES if Role.resident in entry.roles])
    assert [line for line in opened if not line.endswith("[]")] == []
