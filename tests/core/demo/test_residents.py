"""Simulated residents are the same each time, and not all of one mind."""

from core.demo import residents
from core.demo.residents import Choice

CHOICES = tuple(
    Choice(f"p{number}", area, category, 1_000 * number)
    for number, (area, category) in enumerate(
        [
            ("t-zapad", "sport"),
            ("t-tsentar", "culture"),
            ("v-around", "mobility"),
            ("t-iztok", "health"),
            ("town-wide", "jobs"),
            ("t-zapad", "digital"),
            ("t-kolusha", "inclusion"),
            ("t-gerena", "education"),
        ],
        1,
    )
)


def test_the_same_seed_gives_the_same_ballots():
    people = residents.residents(50, 2026)
    first = [residents.some(person, CHOICES, 3, 5, seed=1) for person in people]
    assert first == [residents.some(person, CHOICES, 3, 5, seed=1) for person in residents.residents(50, 2026)]
    assert len(set(first)) > 25
    assert all(3 <= len(choices) <= 5 for choices in first)


def test_a_basket_fits_the_budget():
    costs = {choice.code: choice.cost for choice in CHOICES}
    for person in residents.residents(50, 2026):
        basket = residents.basket(person, CHOICES, 9_000, seed=1)
        assert basket
        assert sum(costs[code] for code in basket) <= 9_000


def test_neighbours_like_what_is_near():
    people = residents.residents(400, 2026)
    near = [person for person in people if person.area == "t-zapad"]
    far = [person for person in people if person.area != "t-zapad"]

    def share(group):
        return sum("p1" in residents.some(person, CHOICES, 3, 3, seed=1) for person in group) / len(group)

    assert share(near) > share(far) + 0.15
