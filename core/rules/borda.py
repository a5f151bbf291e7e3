"""Greedy by Borda points, for ranked ballots: of k ranked projects the first gets k points, the last 1.

Source: J.-C. de Borda, "Mémoire sur les élections au scrutin", 1781; so do Kraków's files at https://pabulib.org.
"""

from core.rules.greedy import variant

borda = variant("greedy-borda", measures=("borda",))
