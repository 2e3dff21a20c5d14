"""Make the folder the agencies and the gateway share: keys, trust bundle, stories."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from sandbox.errors import NotPreparedError
from sandbox.keys import prepare_keys
from sandbox.stories import describe
from sandbox.story_persons import persons

STORIES_FILE = "stories.json"


def prepare(directory: Path, today: date, *, with_sm2: bool = False) -> None:
    """Write keys, ``trust.toml`` and ``stories.json``, keeping keys in force.

    The windows of keys follow the real clock, since signatures do; ``today`` dates
    the stories only. With ``with_sm2`` Fire Rescue signs by SM2, and there are stories
    about that.
    """
    directory.mkdir(parents=True, exist_ok=True)
    prepare_keys(directory, datetime.now(UTC), with_sm2=with_sm2)
    stories = describe(persons(today, with_sm2=with_sm2), today)
    text = json.dumps(stories, ensure_ascii=False, indent=1)
    (directory / STORIES_FILE).write_text(text + "\n", encoding="utf-8")


def prepared_day(directory: Path) -> date:
    """Return the day of the stories, so that all agencies agree on it.

    Raises:
        NotPreparedError: there are no stories.
    """
    try:
        text = (directory / STORIES_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotPreparedError(directory) from None
    return date.fromisoformat(json.loads(text)["today"])
