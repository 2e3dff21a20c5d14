"""In which language a command explains itself: the locale's, or GATEWAY_LANG's."""

import re
from collections.abc import Mapping

VARIABLE = "GATEWAY_LANG"
"""It is no option of the gateway's configuration, though it begins as those do."""
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""As POSIX has them: the first that is not empty decides."""
CHINESE = re.compile(r"zh(?![a-z])", re.IGNORECASE)


def is_chinese(environment: Mapping[str, str]) -> bool:
    """Say whether help is to be in Chinese; else it is in English."""
    for name in (VARIABLE, *LOCALE):
        if stated := environment.get(name):
            return CHINESE.match(stated) is not None
    return False
