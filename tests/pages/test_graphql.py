"""Every document of the pages is answered, with what its page is about."""

from typing import Any

import pytest

from tests.architecture.documents import Block
from tests.pages.asked import ASKED, name_of
from tests.pages.story import ANSWERED, Story


def kind_of(data: Any, place: str) -> str:
    """Return the ``__typename`` of what stands at a place of an answer."""
    *fields, _ = place.split(".")
    for name in fields:
        data = data[name]
        data = data[0] if isinstance(data, list) else data
    return ".".join((*fields, data["__typename"]))


@pytest.mark.parametrize("block", ASKED, ids=str)
def test_a_document_is_answered(block: Block, story: Story) -> None:
    status, answer = story.answers[str(block)]
    name = name_of(block)

    assert (status, answer.get("errors")) == (200, None), answer
    assert ("__typename" in block.text) is (name in ANSWERED)
    if name in ANSWERED:
        assert kind_of(answer["data"], ANSWERED[name]) == ANSWERED[name], answer
