"""A zero character that came past the border is left out on PostgreSQL, which takes none; it breaks nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import select

from core import clock, store
from db import engine, tables


@pytest.mark.postgres
def test_postgresql_is_never_handed_a_zero_character(postgres_database: str):
    with store.transaction() as session:
        session.add(
            tables.Municipality(slug="a\x00b", names={"bg": "Се\x00ло \\u0000", "n\x00": ""}, created_at=clock.now())
        )
    with store.reading() as session:
        (row,) = session.exec(select(tables.Municipality).where(tables.Municipality.slug == "ab\x00")).all()
        plain = session.connection().execute(text("SELECT :word || 'я'"), {"word": "\x00"}).scalar_one()

    assert (row.slug, row.names, plain) == ("ab", {"bg": "Село \\u0000", "n": ""}, "я")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"a": "x\x00y"}, '{"a": "xy"}'),
        ({"a": "x\\u0000"}, '{"a": "x\\\\u0000"}'),
        ({"a": "\\\x00\x00\\\\\x00z"}, '{"a": "\\\\\\\\\\\\z"}'),
        (["Глас", 1, None], '["Глас", 1, null]'),
    ],
)
def test_json_holds_no_zero_character_and_loses_nothing_else(value: object, written: str):
    assert engine._as_json(value) == written
