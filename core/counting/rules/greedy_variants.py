"""Greedy with a threshold: only projects with at least a certain score take part.

Source: `greedy-threshold` and `min_project_score_threshold` at https://pabulib.org/format.
"""

from core.counting.rules.greedy import variant

threshold = variant("greedy-threshold")


borda = variant("greedy-borda", measures=("borda",))


points = variant("greedy-points", measures=("points",))


no_skip = variant("greedy-no-skip", stops=True)


custom = variant("greedy-custom", stops=True)


exclusive = variant("greedy-exclusive", exclusive=True)
