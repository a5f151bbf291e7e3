"""What we keep and why: made from the declaration beside the tables, so that it cannot say less than is true."""

from pages.front import privacy
from pages.parts import visit

privacy.show(visit.town())
