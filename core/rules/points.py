"""Greedy by the points that voters gave, for cumulative and scoring ballots.

Source: the cities with `cumulative` ballots at https://pabulib.org (Gdańsk, Katowice, Częstochowa).
"""

from core.rules.greedy import variant

points = variant("greedy-points", measures=("points",))
