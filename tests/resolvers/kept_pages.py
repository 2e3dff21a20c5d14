"""Pages of three that are kept, from the newest on: what is asked for, and shown."""

import pytest

pages = pytest.mark.parametrize(
    ("stated", "first", "before", "shown", "page"),
    [
        pytest.param("", 51, None, "321", (False, False), id="all of it"),
        pytest.param("(first: 3)", 4, None, "321", (False, False), id="just so many"),
        pytest.param("(first: 2)", 3, None, "32", (True, False), id="and one more"),
        pytest.param('(first: 2, after: "4")', 3, 4, "32", (True, True), id="after"),
        pytest.param("(first: 1000)", 1001, None, "321", (False, False), id="most"),
    ],
)
