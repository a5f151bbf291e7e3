"""Not set up: what an empty server says."""

from pages.parts.templates import draw

draw("not_set_up.html")
