"""Ideas are found in either alphabet and in the forms that people type."""

import pytest

from core.ideas._searching import mention

TEXT = ("Детска площадка до читалището", "Да сложим пейки и да засадим дървета в парка", "New benches", "Изток")


@pytest.mark.parametrize(
    "query",
    ["площадката", "площадки", "ПЛОЩАДКА", "ploshtadka", "plo6tadka do 4italishteto", "детската площадка", "детски",
     "пейката", "peiki", "peyki", "дърво", "дърветата", "парк", "паркове", "parks", "bench", "benches",
     "iztok", "изток", "читалища", "4italishte"],
)  # fmt: skip
def test_a_word_is_found_in_another_form_or_alphabet(query):
    assert mention(TEXT, query)


@pytest.mark.parametrize(
    "query", ["площад Възраждане", "басейн", "запад", "скейт", "кънки", "bench press", "6", "(", "източ"]
)
def test_what_is_not_there_is_not_found(query):
    assert not mention(TEXT, query)


def test_a_number_stays_one():
    assert mention(["6 пейки и 4 кошчета"], "6")
    assert not mention(["пейки"], "4")


def test_no_words_are_found_everywhere():
    assert mention(TEXT, "  ")
