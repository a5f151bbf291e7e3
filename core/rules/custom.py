"""Poznań's rule, as far as a budget decides: the order of greedy without skipping.

Source: the comments of Poznań's files at https://pabulib.org. What the city adds afterwards from a reserve (a project
of which 80 % is paid for) comes from other money and is not counted here.
"""

from core.rules.greedy import variant

custom = variant("greedy-custom", stops=True)
