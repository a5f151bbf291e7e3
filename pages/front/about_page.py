"""About Glas: what it is, what is kept of a person and why, and who is behind it."""

from pages.front import about
from pages.parts import visit

about.show(visit.town())
