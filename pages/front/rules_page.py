"""Rules of a round, in plain words: who, when, how, and how it is counted."""

from pages.front import rules
from pages.rounds import chosen

rules.show(chosen.a_round())
