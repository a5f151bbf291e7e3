"""The growing tree: at every size the same root and proofs as the plain one."""

import pytest

from core.trust import merkle
from core.trust.tree import Tree

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(70)]


def test_roots_and_proofs_are_those_of_the_plain_tree():
    tree = Tree(LEAVES)

    for size in range(len(LEAVES) + 1):
        plain = LEAVES[:size]
        assert tree.root(size) == merkle.root(plain)
        assert [tree.inclusion_proof(at, size) for at in range(size)] == [
            merkle.inclusion_proof(plain, at) for at in range(size)
        ]
        assert [tree.consistency_proof(at, size) for at in range(size + 1)] == [
            merkle.consistency_proof(plain, at) for at in range(size + 1)
        ]


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (0, 71)])
def test_what_is_not_in_the_tree_has_no_proof(index, size):
    with pytest.raises(IndexError):
        Tree(LEAVES).inclusion_proof(index, size)


@pytest.mark.parametrize(("earlier", "later"), [(6, 5), (-1, 5), (3, 71)])
def test_no_tree_extends_a_later_one(earlier, later):
    with pytest.raises(IndexError):
        Tree(LEAVES).consistency_proof(earlier, later)
