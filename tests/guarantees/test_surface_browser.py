"""Hostile text in every field, every view visited once in a real browser: it is shown, and nothing of it happens."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import nullcontext
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String
from sqlmodel import select

from core import clock, journal, results, store
from core.imports import elections
from core.people import sessions
from core.permissions import OPERATOR
from core.phases import Phase
from core.texts import Texts
from db import engine, tables
from pages import menu
from tests.helpers import worlds
from tests.helpers.payloads import HOST, PAYLOADS
from tests.helpers.servers import serve
from tests.web.site import Site, watch

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LANGUAGES = ("bg", "en")
# Text that people type, by table; all of it holds all payloads, in both languages where it stands in several.
FIELDS: dict[str, tuple[str, ...]] = {
    "municipality": ("names", "imprint", "contact_email"),
    "area": ("names",),
    "category": ("names",),
    "person": ("nickname", "email"),
    "round": (
        "titles",
        "intro",
        "contact_email",
        "eligible_source",
        "extended_reason",
        "void_reason",
    ),
    "idea": ("title", "problem", "solution", "place"),
    "review": ("reason",),
    "project": ("title", "text", "place", "withdrawn_reason"),
    "hiding": ("reason",),
    "erasure_request": ("reason",),
    "second_person": ("reason",),
    "objection": ("words", "answer"),
    "code_batch": ("label",),
    "commission_member": ("name",),
}
# Text that programs write: names of states and roles, numbers, digests, addresses of pages, moments.
OURS = {
    "slug",
    "declined_by",
    "language",
    "timezone",
    "code",
    "nickname_key",
    "email_key",
    "password_hash",
    "recovery_hash",
    "pseudonym",
    "role",
    "token_hash",
    "status",
    "verdict",
    "currency",
    "ballot_type",
    "rule",
    "visibility",
    "origin",
    "source_digest",
    "action",
    "consent",
    "asked_by",
    "made_by",
    "fingerprint",
    "choices",
    "published_score",
    "request_id",
    "number",
    "slot_id",
    "id",
    "randomness",
    "randomness_source",
    "device",
    "subject",
    "version_num",
    "note",
    "kind",
    "invited_by",
    "released_by",
    "noted_by",
    "answered_by",
    "hidden_by",
    "part",
    "on_behalf_of",
    "nickname_look",
    "checksum",
    "icon",
}
# What must not be in a page, however deep: elements and attributes that no template of ours has.
FOUND = """() => {
  const bad = [], look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      for (const { name, value } of one.attributes) {
        if (/^on/i.test(name) && !one.closest("[data-streamlit]")) bad.push(one.tagName + " " + name);
        if (["href", "src", "action", "formaction", "srcset", "data"].includes(name)
            && (/^\\s*(javascript|vbscript|data:text)/i.test(value) || /^(https?:)?\\/\\/evil/i.test(value)))
          bad.push(one.tagName + " " + value.slice(0, 80));
      }
      if (/^(IFRAME|OBJECT|EMBED|MARQUEE|MATH|PORTAL|AUDIO|VIDEO|BASE)$/.test(one.tagName)) bad.push(one.tagName);
      if (one.classList.contains("katex")) bad.push("formula");
      if (one.shadowRoot) look(one.shadowRoot);
    }
  };
  look(document);
  const said = [...document.querySelectorAll("h1,h2,h3,p,li,td")].map((one) => one.textContent);
  if (said.some((one) => one.includes("1787569"))) bad.push("computed");
  return bad;
}"""
# What would swallow those behind it, were it not escaped, stands last.
GREEDY = (
    "<!--",
    "<![CDATA[",
    "<noscript>",
    "<template>",
    "<textarea",
    "<select",
    "<style>",
    "<math>",
    "```",
    "{#",
    "{%",
)
ORDERED = sorted((each.replace("\0", "") for each in PAYLOADS), key=lambda each: each.startswith(GREEDY))
IDEAS = 6


def everything(number: int) -> str:
    """Return all payloads as one text, each on a line of its own; every row begins with another one."""
    calm = [each for each in ORDERED if not each.startswith(GREEDY)]
    at = 7 * number % len(calm)
    return "\n".join([*calm[at:], *calm[:at], *ORDERED[len(calm) :]])


def hostile(session: Any) -> None:
    """Replace every text that people type by all payloads."""
    for name, columns in FIELDS.items():
        table = tables.metadata.tables[name]
        keys = list(table.primary_key.columns)
        for number, row in enumerate(session.execute(table.select()).all()):
            said = everything(number)
            both = dict.fromkeys(LANGUAGES, said)
            fit = {each: both if isinstance(table.c[each].type, tables.Words) else said for each in columns}
            session.execute(table.update().where(*(key == getattr(row, key.name) for key in keys)).values(**fit))


def election() -> bytes:
    """Return an election whose names, categories and descriptions are payloads."""
    out = StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\n")
    plain = [" ".join(each.replace("\0", "").split()) for each in PAYLOADS]
    rows.writerows([["META"], ["key", "value"], ["description", plain[0]], ["country", plain[1]], ["unit", plain[2]]])
    rows.writerows([["instance", plain[3]], ["num_projects", str(len(plain))], ["num_votes", "2"], ["budget", "900"]])
    rows.writerows([["vote_type", "approval"], ["rule", "greedy"], ["date_begin", "2022"], ["date_end", "2022"]])
    rows.writerows([["PROJECTS"], ["project_id", "cost", "votes", "name", "category", "target", "selected"]])
    rows.writerows([f"p{n}", "10", "1", text, "sport", "adults", "0"] for n, text in enumerate(plain))
    rows.writerows([["VOTES"], ["voter_id", "vote"], ["1", "p1,p2"], ["2", "p3"]])
    return out.getvalue().encode()


def fill(session: Any) -> tuple[worlds.Town, dict[str, str], str]:
    """Fill a database with a town whose every text is hostile; return it, sign-ins and the imported slug."""
    at = clock.now()
    town = worlds.build(session, at)
    everyone = worlds.person(session, town.municipality, "everyone", frozenset(worlds.STAFF), at)
    for slug, phase in (("ideas", Phase.ideas), ("review", Phase.review), ("draft", Phase.preparation)):
        made = worlds.round_in(session, town.municipality.id, phase, at, slug=slug, code_required=True)
        for number in range(IDEAS):
            idea = tables.Idea(
                language="bg",
                round_id=made.id,
                author_id=everyone.person_id if number % 2 else town.neighbour.person_id,
                title={"bg": "x", "en": "x"},
                problem={"bg": "x", "en": "x"},
                solution={"bg": "x", "en": "x"},
                place="x",
                status="accepted" if slug == "review" or number else "waiting",
                created_at=at,
                updated_at=at,
                submitted_at=at,
                area_id=town.municipality.areas[0].id,
                category_id=town.municipality.categories[0].id,
            )
            session.add(idea)
            session.flush()
            session.add(
                tables.Review(
                    idea_id=idea.id,
                    reviewer_id=town.reviewer.person_id,
                    verdict="accepted",
                    reason={"bg": "x", "en": "x"},
                    cost=1_000_00,
                    created_at=at,
                )
            )
    batch = tables.CodeBatch(round_id=town.round.id, label="x", size=1, made_by=town.organiser.pseudonym, created_at=at)
    session.add(batch)
    session.add(tables.CommissionMember(round_id=town.round.id, seat=1, name="x"))
    session.add(
        tables.SecondPerson(
            round_id=town.round.id, action="void_round", asked_by=town.organiser.pseudonym, asked_at=at, reason="x"
        )
    )
    # Without its line it would wait for nobody.
    journal.write(session, town.organiser, "ask_void_round", round_id=town.round.id, at=at)
    imported = elections.import_election(
        lambda: nullcontext(session),
        OPERATOR,
        election(),
        home=Texts(bg="Внесени избори", en="Imported elections"),
        at=at,
    )
    results.count_round(session, OPERATOR, imported.id, at=at)
    session.add(
        tables.Objection(
            round_id=imported.id, noted_by="p-1", noted_at=at, words="x", answered_by="p-2", answered_at=at, answer="x"
        )
    )
    on_ballot = session.exec(select(tables.Project).where(tables.Project.round_id == town.round.id)).first()
    session.add(
        tables.Hiding(
            municipality_id=town.municipality.id, project_id=on_ballot.id, part="place", reason={"bg": "x", "en": "x"},
            hidden_by="p-1", hidden_at=at,
        )
    )  # fmt: skip
    session.add(
        tables.ErasureRequest(
            person_id=town.resident.person_id, municipality_id=town.municipality.id, on_behalf_of="owner", reason="x",
            asked_by="p-1", asked_at=at,
        )
    )  # fmt: skip
    session.flush()
    hostile(session)
    people = {"everyone": everyone, "resident": town.resident}
    return town, {name: open_for(session, actor, at) for name, actor in people.items()}, imported.slug


def open_for(session: Any, actor: Any, at: Any) -> str:
    """Return a sign-in of the actor."""
    return sessions.open_session(session, actor, at=at, second_step=True)


@pytest.fixture(scope="module")
def hostile_site(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """Give a running server whose every text is hostile, and the slug of its imported round."""
    folder = tmp_path_factory.mktemp("hostile")
    keys = folder / "keys"
    url = f"sqlite:///{folder / 'data' / 'glas.db'}"
    with pytest.MonkeyPatch.context() as patch, engine.use(url) as opened:
        patch.setenv("GLAS_DATA_DIR", str(folder / "data"))
        patch.setenv("GLAS_KEY_DIR", str(keys))
        worlds_settings()
        store.upgrade()
        with engine.transaction() as session:
            town, tokens, slug = fill(session)
        opened.dispose()
    worlds_settings()
    with serve(folder) as base:
        yield Site(base, town, tokens, url), slug


def worlds_settings() -> None:
    """Have the settings read again."""
    from core.settings import settings

    settings.cache_clear()


def views(slug: str) -> list[tuple[str, str | None]]:
    """Return every view once: its address and who looks."""
    rounds = {
        "": "ideas",
        "propose": "ideas",
        "idea": "",
        "review": "ideas",
        "ballot-list": "review",
        "studio": "draft",
        "vote": "2026",
    }
    own = [
        (
            f"/{entry.path}"
            + (f"?round={rounds.get(entry.path, '2026')}" if rounds.get(entry.path, "2026") else "?id=2"),
            "everyone",
        )
        for entry in menu.ENTRIES
        if entry.path not in ("sign-in", "join", "recover")
    ]
    imported = [(f"/{path}?round={slug}", "everyone") for path in ("results", "projects", "brief", "rules")]
    guests: list[tuple[str, str | None]] = [
        (path, None) for path in ("/", "/sign-in", "/join", "/recover", "/account", "/idea?id=2")
    ]
    return [*own, *imported, *guests]


def test_there_are_enough_payloads_and_every_text_field_holds_them():
    assert len(PAYLOADS) >= 200
    texts = {
        (name, column.name)
        for name, table in tables.metadata.tables.items()
        for column in table.columns
        if isinstance(column.type, tables.Words)
        or (isinstance(getattr(column.type, "impl", column.type), String) and column.name not in OURS)
    } - {("mismatch", "problem"), ("mark", "name")}
    assert texts == {(name, column) for name, columns in FIELDS.items() for column in columns}


def test_every_text_field_holds_every_payload(hostile_site: tuple[Site, str]):
    site, _slug = hostile_site
    with engine.use(site.database_url) as opened, engine.reading() as session:
        for name, columns in FIELDS.items():
            rows = session.execute(tables.metadata.tables[name].select()).all()
            assert rows, f"no row of {name} is hostile"
            for row in rows:
                for column in columns:
                    found = getattr(row, column)
                    for text in [found[each] for each in LANGUAGES] if isinstance(found, dict) else [found]:
                        assert all(each in text for each in ORDERED), f"{name}.{column}"
        session.close()
        opened.dispose()


@pytest.mark.parametrize("language", ["bg", "en"])
def test_hostile_text_is_shown_and_nothing_of_it_happens(browser: Any, hostile_site: tuple[Site, str], language: str):
    site, slug = hostile_site
    happened: list[str] = []
    print(f"FIGURES hostile texts {len(PAYLOADS)}, columns {sum(map(len, FIELDS.values()))}, views {len(views(slug))}")
    for who in ("everyone", None):
        context = browser.new_context(
            locale={"bg": "bg-BG", "en": "en-GB"}[language], viewport={"width": 1280, "height": 900}
        )
        if who:
            context.add_cookies([{"name": "glas", "value": site.tokens[who], "url": site.base, "httpOnly": True}])
        page = context.new_page()
        seen: list[str] = []
        watch(page, site.base, seen)
        page.on("dialog", lambda dialog, seen=seen: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        for path, looks in views(slug):
            if looks != who:
                continue
            page.goto(site.base + path)
            site.ready(page)
            # The foot alone shows name and imprint of the town, so there is no page without any.
            page.locator(".g-feet").wait_for()
            body = page.locator("body").inner_text()
            if HOST not in body:
                seen.append("the hostile text is not shown at all")
            if "Нещо се обърка" in body or "Something went wrong" in body:
                seen.append("broke")
            happened += [f"{path} ({who}): {each}" for each in [*seen, *page.evaluate(FOUND)]]
            seen.clear()
        context.close()
    assert happened == []


def test_the_payloads_do_happen_where_nothing_is_escaped(browser: Any, tmp_path: Path):
    """The control: the same corpus, put into a bare page as it is, opens dialogs, asks a foreign host, and is found."""
    page = browser.new_context().new_page()
    dialogs: list[str] = []
    asked: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    page.route(f"**://{HOST}/**", lambda route: route.abort())
    page.route("http://control.example/", lambda route: route.fulfill(body="<p>a</p>", content_type="text/html"))
    page.goto("http://control.example/")
    for text in PAYLOADS[:60:3]:
        page.evaluate(
            "(text) => { const box = document.createElement('div'); box.innerHTML = text; document.body.append(box); }",
            text,
        )
    page.wait_for_timeout(300)
    assert dialogs
    assert any(HOST in url for url in asked)
    assert page.evaluate(FOUND)
    page.context.close()
