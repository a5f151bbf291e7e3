"""Greedy with a threshold: only projects with at least a certain score take part.

Source: `greedy-threshold` and `min_project_score_threshold` at https://pabulib.org/format.
"""

from core.rules.greedy import variant

threshold = variant("greedy-threshold")
