"""Ideas are found whatever the ending, in either alphabet, and by the name of their area."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from core import ideas
from core.ideas._search import mentions, stem
from db import tables
from tests.helpers import worlds


@pytest.mark.parametrize(("wanted", "held"), [
    ("площадката", "Скейт и BMX площадка"), ("площадка", "две площадки"), ("площадките", "нова площадка"),
    ("skeit", "Скейт площадка"), ("skeyt", "Скейт площадка"), ("скейт", "a Skeyt park"), ("ploshtadka", "площадката"),
    ("plo6tadka", "площадката"), ("4itali6te", "Читалището"), ("парк", "в парковете"), ("паркове", "до парка"),
    ("училища", "пред училището"), ("училище", "двете училища"), ("пейките", "Пейка до реката"),
    ("benches", "a bench"), ("bench", "two benches"), ("лятно кино", "Кино на открито, лятното"),
    ("№ 5", "училище № 5"),
    ("ПЛОЩАДКАТА", "площадка"), ("лощад", "площадка"),
])  # fmt: skip
def test_a_word_is_found_in_its_other_forms(wanted: str, held: str):
    assert mentions([held], wanted)


@pytest.mark.parametrize(("wanted", "held"), [
    ("паркинг", "до парка"), ("кино", "киноа"), ("река", "рекорд"), ("скейт площадка", "площадка"), ("!", "площадка"),
    ("музика", "музей"), ("4", "зала 5"), ("автобус", "автор"),
])  # fmt: skip
def test_another_word_is_not(wanted: str, held: str):
    assert not mentions([held], wanted) or wanted in held


def test_forms_of_a_word_have_one_stem():
    assert {stem(word) for word in ("площадка", "площадката", "площадки", "площадките", "ploshtadka")} == {"ploshtadk"}
    assert {stem(word) for word in ("парк", "парка", "паркът", "паркове", "парковете", "parks")} == {"park"}


@pytest.mark.parametrize("query", ["център", "Центъра", "Centre", "centar", "пейката centar"])
def test_an_idea_is_found_by_its_area_in_every_language(session: Session, town: worlds.Town, query: str):
    area = town.municipality.areas[0]
    session.add(tables.Idea(
        language="bg", round_id=town.round.id, author_id=None, status="accepted", area_id=area.id,
        title={"bg": "Пейка"}, problem={"bg": "Няма."}, solution={"bg": "Да има."},
        created_at=town.at, updated_at=town.at, submitted_at=town.at,
    ))  # fmt: skip
    session.flush()

    assert len(ideas.ideas(session, town.guest, town.round.id, query=query)) == 1
    assert ideas.ideas(session, town.guest, town.round.id, query="гара") == ()
