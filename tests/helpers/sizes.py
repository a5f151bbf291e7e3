"""How large the tests of trust are: small by default, and as large as the environment says (`make torture`)."""

import os


def size(name: str, usual: int) -> int:
    return int(os.environ.get(f"TRUST_{name}", usual))


VOTERS = size("VOTERS", 6)  # parallel double submits
SUBMITS = size("SUBMITS", 16)  # … of each
HTTP_VOTERS = size("HTTP_VOTERS", 3)  # the same over HTTP
LAST_SECOND = size("LAST_SECOND", 80)  # submits around the close
AROUND_CLOSE = size("AROUND_CLOSE", 600)  # … in so many milliseconds before and after it
EXAMPLES = size("EXAMPLES", 20)  # stateful runs a database
STEPS = size("STEPS", 25)  # … of so many steps
MUTATIONS = size("MUTATIONS", 36)  # of the database
ATTACKS = size("ATTACKS", 1)  # linkage attacks
ATTACKED = size("ATTACKED", 200)  # … on so many voters
COPIED = size("COPIED", 120)  # voters between whom the database is copied
KILLS = size("KILLS", 5)  # of a server, with 100 acknowledgements between two
POWER_CUTS = size("POWER_CUTS", 4)  # of PostgreSQL
FORGED = size("FORGED", 100)  # mutations of a bundle
BACKUPS = size("BACKUPS", 3)  # taken while people vote, each restored and recounted
FUZZ = size("FUZZ", 2)  # seconds of mutated files of each kind
SEED = size("SEED", 10)
WATCHED = size("WATCHED", 60)  # voters under a published tally
GUESSES = size("GUESSES", 120)  # at passwords
CODE_GUESSES = size("CODE_GUESSES", 200)  # at participation codes
FLOODING = size("FLOODING", 3)  # guests who ask without a pause
HOLDING = size("HOLDING", 30)  # … who only hold a place
UNFINISHED = size("UNFINISHED", 4)  # … who never finish a message
PUPILS = size("PUPILS", 6)  # of a class that votes meanwhile
RATIO = size("RATIO", 0)  # how many times longer a vote may take then; 0: is told, and not judged
ALONE = size("ALONE", 60)  # tries of one organiser at what takes two
ERASED = size("ERASED", 20)  # people who leave
