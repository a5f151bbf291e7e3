"""Not set up: what an empty server says."""

from pages.parts.templates import draw

draw("front/not_set_up.html")
