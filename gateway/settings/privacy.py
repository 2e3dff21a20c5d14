"""Options of personal data: the table ``[privacy]``."""

from typing import Annotated

import msgspec

People = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]


class Privacy(msgspec.Struct, frozen=True, kw_only=True):
    """The retention of look-ups and marks, and limits on people a day."""

    audit_retention_days: Annotated[int, msgspec.Meta(ge=30, le=36_500)] = 1095
    """How long a record stays on the audit log."""
    mark_retention_days: Annotated[int, msgspec.Meta(ge=365, le=36_500)] = 3650
    """How long the mark of a certificate is kept that came once."""
    people_a_day: People = 2000
    """How many different people one caller may look up in a day."""
    require_elements: bool = False
    """Whether a look-up of a person has to state the five elements (五要素)."""
    people_a_day_of: dict[str, People] = {}
    """The same for single callers, by their names."""
