"""Vote: the ballot of a round, or why there is none right now."""

from pages.voting import ballot

ballot.show()
