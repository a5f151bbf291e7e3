"""The growing tree gives what the plain one gives, at every size."""

import pytest

from core.trust import merkle
from core.trust.tree import Tree

SIZES = (0, 1, 2, 3, 5, 8, 13, 33, 64, 70)


def grown(size):
    tree = Tree()
    for number in range(size):
        tree.append(bytes([number]))
    return tree


LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(70)]


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_proofs_are_those_of_the_plain_tree(size):
    tree = grown(70)
    assert tree.root(size) == merkle.root(LEAVES[:size])
    for index in range(size):
        assert tree.inclusion(index, size) == merkle.inclusion_proof(LEAVES[:size], index)
    for earlier in range(size + 1):
        assert tree.consistency(earlier, size) == merkle.consistency_proof(LEAVES[:size], earlier)


def test_a_cut_tree_grows_on_as_if_nothing_had_been():
    tree = grown(70)
    for size in (69, 64, 33, 1, 0):
        tree.cut(size)
        assert (tree.size, tree.root()) == (size, merkle.root(LEAVES[:size]))
    tree = grown(70)
    tree.cut(33)
    for number in range(33, 50):
        tree.append(bytes([number]))
    assert tree.levels[:6] == grown(50).levels[:6]


@pytest.mark.parametrize(
    "ask", [lambda t: t.root(6), lambda t: t.inclusion(5), lambda t: t.consistency(6), lambda t: t.root(-1)]
)
def test_what_is_not_there_is_refused(ask):
    with pytest.raises(IndexError):
        ask(grown(5))
