"""What is left in circles, for the collector to find."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def circles() -> Iterator[set[type]]:
    """Yield a set that has, after it all, the types of what was left in circles.

    What dies by counting is none: it is gone at once, and costs no looking.
    """
    found: set[type] = set()
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found.update(map(type, gc.garbage))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
