"""Greedy among conflicting projects: of those that exclude each other only the best is funded.

Source: `greedy-exclusive` at https://pabulib.org/format (Warszawa: two projects for the same place).
"""

from core.rules.greedy import variant

exclusive = variant("greedy-exclusive", exclusive=True)
