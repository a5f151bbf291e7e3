"""The linkage review: people live through a whole round, then all that came out of it is searched for their secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core import clock, store
from core.people import sessions
from core.permissions import Role
from core.phases import Phase
from core.settings import settings
from db import engine
from tests.helpers import journey, leaks, worlds
from tests.helpers.aside import run
from tests.helpers.journey import SLUG, Person, Review
from tests.helpers.servers import serve
from tests.helpers.story import MARK, ORGANISERS, lived
from tests.helpers.worlds import Town

# What may stand where: (place, secret) by their beginnings.
ALLOWED = (
    # The codes, for the organiser who makes them, in her files only.
    ("page codes made", "name of Радостина-5Ц"),
    ("page codes of another", "name of Любосвета-6Ю"),
    ("file slips", "code"),
    ("file codes", "code"),
    # The slip, for the organiser at whose desk somebody stands.
    ("page slip", "slip"),
    ("page slip", "name of Жасмина-3Щ"),
    ("page slip", "name of Радостина-5Ц"),
    # Everybody's own page and export.
    ("page broken", "name of Късноидващ-7Я"),
    ("export", "name of Жасмина-3Щ"),
    ("export", "mail of Жасмина-3Щ"),
    ("export", "receipt of Жасмина-3Щ"),
    # Staff see who of the staff did what.
    ("page journal", "name of Радостина-5Ц"),
    ("page journal", "name of Любосвета-6Ю"),
    # The protocol names the two who have closed, counted and published, as the paper names them that they sign.
    ("file protocol", "name of Радостина-5Ц"),
    ("file protocol", "name of Любосвета-6Ю"),
    ("page protocol of a guest", "name of Радостина-5Ц"),
    ("page protocol of a guest", "name of Любосвета-6Ю"),
    # The auditor sees each slot's number, and not whose slot it is; the same stands in the database.
    ("file auditors openings.jsonl", "receipt"),
    ("backup tables/slot.jsonl", "receipt"),
    ("backup tables/slot.jsonl", "request"),
    ("backup tables/receipt.jsonl", "receipt"),
    # The database knows people by name, their sign-ins by a digest.
    ("backup tables/person.jsonl", "name"),
    ("backup tables/person.jsonl", "mail"),
    ("backup tables/sign_in.jsonl", "digest"),
)


def begin() -> Town:
    """Set up a town with two organisers of its own and a round that needs codes."""
    store.upgrade()
    with engine.transaction() as session:
        town = worlds.build(session, clock.now())
        for number, name in enumerate(ORGANISERS):
            roles = frozenset({Role.organiser})
            worlds.person(session, town.municipality, name, roles, town.at, pseudonym=f"p-first-{number}")
        worlds.round_in(
            session, town.municipality.id, Phase.voting, town.at, slug=SLUG, code_required=True, tally_step=1
        )
    return town


def auditors_bundle(town: Town, base: str, review: Review) -> None:
    """Download what only auditors may have."""
    one = Person(review, base, "одитор", "x" * 12, "203.0.113.98")
    with engine.transaction() as session:
        one.cookies["glas"] = sessions.open_session(session, town.auditor, at=clock.now(), second_step=True)
    run(one.fetch(f"/rounds/{SLUG}/auditors-bundle.zip", "file auditors"))


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    """Give all that is secret and all that came out."""
    folder, found = tmp_path_factory.mktemp("review"), Review()
    patched = pytest.MonkeyPatch()
    patched.setenv("GLAS_KEY_DIR", str(folder / "keys"))
    settings.cache_clear()
    server = serve(folder, DEMO="0")
    with engine.use(f"sqlite:///{folder / 'data' / 'glas.db'}") as opened:
        town = begin()
        with server as base:
            run(lived(base, folder, found))
            auditors_bundle(town, base, found)
            said = journey.glas(folder, "backup", str(folder / "backup.tar.gz"))
        found.secrets |= leaks.keys()
        found.places |= {name: content for name, content in leaks.rows().items() if name.startswith("journal.")}
        opened.dispose()
    found.keep_place("log", server.said().encode())
    found.keep_place("words of the backup", said)
    found.places["backup"] = (folder / "backup.tar.gz").read_bytes()
    patched.undo()
    settings.cache_clear()
    found.places = {
        name: content
        for place, raw in found.places.items()
        for name, content in leaks.opened(place, raw.lstrip(b"\n")).items()
    }
    yield found


def leaking(review: Review, **more: Any) -> list[tuple[str, str]]:
    """Return what stands where it must not."""
    return sorted(
        (place, name)
        for place, name in leaks.find(review.places, review.secrets | more)
        if not any(place.startswith(where) and name.startswith(what) for where, what in ALLOWED)
    )


def test_no_log_export_backup_page_or_file_holds_what_is_secret(review: Review):
    assert len(review.secrets) > 60 and len(review.places) > 60
    found = leaking(review)
    assert not found, "\n".join(map(str, found))


def test_everything_was_there_to_be_found(review: Review):
    places = review.places
    assert b"203.0.113.0/24 GET /join 200" in places["log"] and b"2001:db8:2::/48 GET /sign-in 200" in places["log"]
    assert b"Route api broke, reference" in places["log"] and b"Page broke, reference" in places["log"]
    assert b"Route log broke, reference" in places["log"]
    # No line tells that somebody voted, or had a receipt's code drawn.
    assert b" /api/rounds/linkage/ballot" not in places["log"] and b" /api/receipt" not in places["log"]
    found = leaks.find(places, review.secrets)
    # A secret is found in each kind of file in which it may stand, packed or not.
    for place, name in (
        ("file slips text", "code #0"), ("file codes", "code #2"), ("export", "mail of Жасмина-3Щ #0"),
        ("backup tables/person.jsonl", "name of Ивалин-4Ъ #0"), ("page journal", "name of Радостина-5Ц #0"),
    ):  # fmt: skip
        assert (place, name) in found
    assert {"Проект p01".encode() in places[f"file protocol {language} text"] for language in ("bg", "en")} == {
        True,
        False,
    }
    assert b"p01" in places["file bundle election.pb"] and b"commitment" in places["file bundle board.jsonl"]
    kinds = {name.partition(" of ")[0].partition(" #")[0] for name in review.secrets}
    assert kinds >= {
        "name", "mail", "password", "wrong password", "address", "token", "digest", "ticket", "recovery", "totp",
        "code", "request", "receipt", "slip", "key pepper", "key totp", "key log",
    }  # fmt: skip


def test_control_a_word_that_the_log_repeats_is_found_in_it_and_nowhere_else(review: Review):
    assert leaking(review, mark=MARK) == [("log", "mark")]


@pytest.mark.parametrize(
    "kind",
    [
        "name",
        "mail",
        "code",
        "password",
        "token",
        "digest",
        "recovery",
        "totp",
        "key",
        "address",
        "request",
        "receipt",
        "slip",
    ],
)
def test_control_one_of_each_kind_is_found_in_any_place(review: Review, kind: str):
    name, secret = next((name, secret) for name, secret in review.secrets.items() if name.startswith(kind))
    for form in sorted(leaks.spellings(secret)):
        for place in ("log", "page failed", "file bundle board.jsonl", "file protocol bg text", "journal.facts"):
            planted = {place: review.places[place][:50] + form + review.places[place][50:]}
            assert (place, name) in leaks.find(planted, review.secrets)
