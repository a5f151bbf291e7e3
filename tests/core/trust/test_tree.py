"""The growing tree gives what the RFC's own definitions give, at every size, and others believe its proofs."""

import pytest

from core.trust import merkle
from core.trust.merkle import Tree
from tests.helpers import rfc9162

LARGEST = 130
DATA = tuple(number.to_bytes(2, "big") for number in range(LARGEST))
LEAVES = [merkle.leaf_hash(data) for data in DATA]


def grown(size):
    tree = Tree()
    for data in DATA[:size]:
        tree.append(data)
    return tree


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_roots_and_proofs_are_those_of_the_rfc(size):
    # Of the tree that has grown past this size, and of one that is just so large.
    for tree in (grown(LARGEST), grown(size)):
        top = rfc9162.MTH(DATA[:size])
        assert tree.root(size) == top
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert proof == rfc9162.PATH(index, DATA[:size])
            assert rfc9162.root_of_path(index, size, LEAVES[index], proof) == top
        assert tree.consistency(0, size) == []
        for first in range(1, size + 1):
            proof = tree.consistency(first, size)
            assert proof == rfc9162.PROOF(first, DATA[:size])
            assert merkle.extends((first, rfc9162.MTH(DATA[:first])), (size, top), proof)


def test_a_cut_tree_grows_on_as_if_nothing_had_been():
    for size in range(LARGEST):
        tree = grown(LARGEST)
        tree.cut(size)
        assert (tree.size, tree.root()) == (size, rfc9162.MTH(DATA[:size]))
        other = DATA[size : size + 20][::-1]
        for data in other:
            tree.append(data)
        assert tree.root() == rfc9162.MTH((*DATA[:size], *other))


def test_a_cut_that_keeps_a_node_too_many_would_be_found_out():
    # The control: the nodes above the leaves must go, too.
    tree = grown(70)
    del tree.levels[0][33:]
    for data in DATA[40:70]:
        tree.append(data)
    assert tree.root() != rfc9162.MTH((*DATA[:33], *DATA[40:70]))


@pytest.mark.parametrize(
    "ask",
    [
        lambda tree: tree.root(6),
        lambda tree: tree.root(-1),
        lambda tree: tree.inclusion(5),
        lambda tree: tree.inclusion(-1),
        lambda tree: tree.inclusion(3, 3),
        lambda tree: tree.consistency(6),
        lambda tree: tree.consistency(4, 3),
    ],
)
def test_what_is_not_there_is_refused(ask):
    with pytest.raises(IndexError):
        ask(grown(5))
