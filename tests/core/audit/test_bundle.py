"""Bundles of a round in the database: written once closed, checked anywhere, the same bytes every time."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from core import clock
from core.audit import bundle
from core.audit.recount import AUDITOR, PUBLIC, recount
from core.counting import pabulib
from core.errors import GlasError, NotAllowed, NotFound
from core.results import bundles
from core.store import reading
from pages.open_data.bundles_route import readme
from tests.helpers import voted
from tests.helpers.bundles import GIVEN, seen


def public(town, slug=None):
    with reading() as session:
        return bundles.public_bundle(session, town.guest, slug or town.round.slug, readme())


def auditors(town, actor):
    with reading() as session:
        return bundles.auditors_bundle(session, actor, town.round.slug, readme(), at=clock.now())


def test_both_bundles_of_a_published_round_pass_every_check(town):
    voted.vote(town, voted.voters(town, 30))
    voted.close(town)

    assert [(check.name, check.facts) for check in recount(bundle.to_zip(public(town))) if check.failed] == []
    checks = recount(bundle.to_zip(auditors(town, town.auditor)))
    assert seen(checks) == [name for name in (*PUBLIC, *AUDITOR) if name not in GIVEN]
    assert bundle.JOURNAL not in public(town) and bundle.HEADS in public(town)
    assert bundle.to_zip(public(town)) == bundle.to_zip(public(town))


def test_the_public_one_tells_nothing_of_voters(town):
    people = voted.voters(town, 12)
    voted.vote(town, people)
    voted.close(town)

    files = public(town)

    assert bundle.OPENINGS not in files
    told = b"".join(files.values()).decode()
    assert not any(person.nickname in told or person.pseudonym in told for person in people)
    assert pabulib.read(files[bundle.ELECTION]).voter_columns == ("voter_id", "vote")
    assert json.loads(files[bundle.COUNTS])["ballots"] == 12


def test_nobody_has_a_bundle_before_its_time_and_only_auditors_have_theirs(town):
    voted.vote(town, voted.voters(town, 3))
    with pytest.raises(NotFound):
        public(town)
    with pytest.raises(GlasError):
        auditors(town, town.auditor)
    voted.close(town)

    with pytest.raises(NotAllowed):
        auditors(town, town.organiser)
    with pytest.raises(NotFound):
        public(town, "no-such-round")


def test_an_archive_tells_nothing_of_when_it_was_made():
    archive = bundle.to_zip({"b.txt": b"2", "a.txt": b"1"})

    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert [(entry.filename, entry.date_time) for entry in opened.infolist()] == [
            ("a.txt", (1980, 1, 1, 0, 0, 0)),
            ("b.txt", (1980, 1, 1, 0, 0, 0)),
        ]
