"""Everything a browser or a terminal can reach. `*_page.py`: a page, `*_route.py`: an HTTP door.

May import: core; db never.
Begin with: `menu` (every page and who may open it), then `frame`.
"""
