"""Seeds in a loop: one test over many made-up cases, for pytest takes longer to begin a test than such a case does."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable


def seeds(number: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Call a test with seed=0, 1, … below `number`; what fails says at which seed."""

    def looped(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def loop(**given: object) -> None:
            for seed in range(number):
                try:
                    test(seed=seed, **given)
                except BaseException as trouble:
                    trouble.add_note(f"at seed {seed}")
                    raise

        known = inspect.signature(test)
        loop.__signature__ = known.replace(  # type: ignore[attr-defined]
            parameters=[each for name, each in known.parameters.items() if name != "seed"]
        )
        return loop

    return looped
