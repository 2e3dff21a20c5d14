"""What the page opens with: tabs by role, and the people of a demo."""

import json
from pathlib import Path

import pytest

from gateway.errors import StartError
from gateway.graphiql.examples import ROLES, Person, example_tabs, read_people

STORY = {
    "id": "zhang",
    "idType": "RESIDENT_ID",
    "idNumber": "310",
    "zh": "张三",
    "en": "Zhang",
}


def people(folder: Path, said: object) -> tuple[Person, ...]:
    path = folder / "stories.json"
    path.write_text(json.dumps(said), "utf-8")
    return read_people(path)


def test_people_are_read_as_the_sandbox_wrote_them(tmp_path: Path) -> None:
    variables = {"idType": "RESIDENT_ID", "idNumber": "310"}

    assert people(tmp_path, {"persons": [STORY]}) == (
        Person("zhang", variables, "张三", "Zhang"),
    )
    assert read_people(None) == ()


@pytest.mark.parametrize("said", [[], {}, {"persons": 1}, {"persons": [1]}])
def test_a_file_without_people_stops_the_start(tmp_path: Path, said: object) -> None:
    with pytest.raises(StartError) as refused:
        people(tmp_path, said)

    assert str(refused.value) == (
        f"graphiql_stories: {tmp_path}/stories.json has no people; python -m sandbox "
        "prepare writes such a file"
    )


def test_a_token_of_a_role_without_tabs_stops_the_start() -> None:
    with pytest.raises(StartError) as refused:
        example_tabs("", {"writer": "t", "nobody": "t"})

    assert str(refused.value) == (
        "graphiql_tokens: nobody is none of approver, audit, payments, reader, "
        "recoveries, registrar"
    )


def test_tabs_of_a_role_have_its_token_and_the_number_where_it_is_asked_for() -> None:
    reader, every = example_tabs("310"), example_tabs("310", dict.fromkeys(ROLES, "t"))

    assert {tab.token for tab in reader} == {None}
    assert {tab.token for tab in every} == {"t"}
    assert len(every) > len(reader) > 0
    asked = [tab.variables["idNumber"] for tab in reader if "$idNumber" in tab.query]
    assert set(asked) == {"310"}
    assert len(asked) < len(reader)
