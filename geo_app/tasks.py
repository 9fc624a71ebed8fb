"""Independent pieces of spatial work, done side by side.

The pieces run on the threads of this machine: PROJ, GEOS and NumPy work without Python's lock. Any
other `concurrent.futures.Executor` does as well, such as a cluster's, for work that can be pickled.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from typing import TypeVar

Progress = Callable[[float], None]  # told the share that is done, 0 to 1; what it raises ends the work
Piece = TypeVar("Piece")
Done = TypeVar("Done")


def unheard(_share: float) -> None:
    """Tell nobody how far a piece of work is."""


def part(told: Progress, start: float, end: float) -> Progress:
    """Return the progress of a part of some work."""
    return lambda share: told(start + (end - start) * share)


def side_by_side(
    work: Callable[[Piece], Done], pieces: Iterable[Piece], executor: Executor | None = None
) -> Iterator[Done]:
    """Do a piece of work on each of many, and give the results in the order of the pieces.

    Parameters
    ----------
    work : function
        Must not lean on what another piece does.
    pieces : iterable
        Taken a few ahead only, so that not all need to be in memory.
    executor : Executor, optional
        Without it, one thread for each processor.

    Raises
    ------
    Exception
        The first one that `work` raises, in the order of the pieces.

    Examples
    --------
    >>> list(side_by_side(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    count = os.cpu_count() or 1
    with nullcontext(executor) if executor else ThreadPoolExecutor(count) as running:
        ahead: deque[Future[Done]] = deque()
        try:
            for piece in pieces:
                ahead.append(running.submit(work, piece))
                if len(ahead) > count:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:  # whoever takes the results may have had enough
            for each in ahead:
                each.cancel()
