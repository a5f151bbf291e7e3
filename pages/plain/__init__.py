"""What everybody may read, as HTML without scripts: for old and guarded browsers, search engines and previews.

An address of Glas with `/plain/<language>` before it is the same thing without scripts. The language stands in the
address, and not in a query or a cookie, so that an answer may be kept by anybody and each language is found by itself.
No page in here shows the name of a person.

May import: `parts`, `menu`, `server`, `rounds`, `ideas`, `tally`, `voting`, `results`, `trust`, `council`, `front`.
Begin with: `plain_route`, then `sheets`.
"""
