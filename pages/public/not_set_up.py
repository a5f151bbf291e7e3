"""Not set up: what an empty server says."""

from pages.parts.draw import draw

draw("not_set_up.html")
