"""Everything a browser or a terminal can reach. `*_page.py` is a page, `*_route.py` an HTTP door, the rest what they draw.

May import: core; db never.
Begin with: `menu` (every page and who may open it), then `frame`.
"""
