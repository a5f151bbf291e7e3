"""Vote: the ballot of a round, or why there is none right now."""

from pages.parts import ballot_page

ballot_page.show()
