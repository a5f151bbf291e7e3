"""Each row of `make torture` names tests that are there, and sizes that they have."""

import pytest

from tests import torture
from tests.helpers import sizes


@pytest.mark.parametrize("row", torture.ROWS, ids=lambda row: row[1])
def test_a_row_names_its_tests_and_their_sizes(row: tuple[str, str, str, dict[str, int]]):
    _number, _name, tests, large = row
    named = [torture.file(word) for word in tests.split()]
    assert len(set(named)) == len(named)
    assert all(hasattr(sizes, size) for size in large)


@pytest.mark.parametrize("word", ["test_rooms.py", "test_nowhere.py"])
def test_control_a_name_that_two_files_have_or_none_is_refused(word: str):
    with pytest.raises(ValueError, match="values to unpack"):
        torture.file(word)
