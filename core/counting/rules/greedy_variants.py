"""Greedy as cities vary it: with a threshold, by Borda or other points, without skipping, in Poznań's way, exclusive.

Each is one line: the walk is that of `greedy`, and what differs is a setting of it.
Source: `greedy-threshold` (`min_project_score_threshold`), `greedy-no-skip`, `greedy-custom` and `greedy-exclusive` at
https://pabulib.org/format; Borda's count of 1781; points as voters gave them.
"""

from core.counting.rules.greedy import variant

threshold = variant("greedy-threshold")


borda = variant("greedy-borda", measures=("borda",))


points = variant("greedy-points", measures=("points",))


no_skip = variant("greedy-no-skip", stops=True)


custom = variant("greedy-custom", stops=True)


exclusive = variant("greedy-exclusive", exclusive=True)
