"""Greedy without skipping: the count stops at the first project that does not fit.

Source: `greedy-no-skip` at https://pabulib.org/format (Gdynia, Wrocław). A withdrawn project is passed over.
"""

from core.rules.greedy import variant

no_skip = variant("greedy-no-skip", stops=True)
