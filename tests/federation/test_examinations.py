"""The assessment (鉴定) behind a certificate is shown as it was signed, by scope."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.privacy.callers import entry
from tests.running import Agencies, Gateway, running_gateway

FIELDS = "heldOn site batch theory practice"
QUESTION = f"""query($idNumber: String!) {{ holder(idNumber: $idNumber) {{
  certificates {{ nodes {{ issuedOn warnings {{ code }} examination {{ {FIELDS} }}
    eligibility {{ outcome }} }} }} }} }}"""
ASSESSOR = """query($idNumber: String!) { holder(idNumber: $idNumber) {
  certificates { nodes { examination { assessor } } } } }"""
READER = "examination-reader"


@pytest.fixture(name="reader_gateway", scope="module")
def _reader_gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway with a caller who may read certificates and see nobody."""
    with running_gateway(
        tmp_path_factory.mktemp("examinations"),
        running_agencies,
        tables=entry(READER, "certificates:read"),
    ) as gateway:
        yield gateway


def only(holder: dict[str, Any]) -> dict[str, Any]:
    (node,) = holder["certificates"]["nodes"]
    found: dict[str, Any] = node
    return found


def test_it_is_shown_in_its_registrys_words(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("examined")["idNumber"]

    node = only(gateway.ask(QUESTION, idNumber=number)["holder"])
    assessor = only(gateway.ask(ASSESSOR, idNumber=number)["holder"])

    examination = node["examination"]
    assert examination["heldOn"] < node["issuedOn"]
    assert examination["site"] == "上海市安全生产科学研究所考试点"
    assert (examination["theory"], examination["practice"]) == ("87", "合格")
    assert examination["batch"].endswith("-08")
    assert assessor == {"examination": {"assessor": "KPY-000017"}}
    assert (node["warnings"], node["eligibility"]) == ([], {"outcome": "ELIGIBLE"})


def test_an_examination_after_the_issue_is_a_warning_and_decides_nothing(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("examined-after-issue")["idNumber"]

    node = only(gateway.ask(QUESTION, idNumber=number)["holder"])

    assert node["warnings"] == [{"code": "EXAMINED_AFTER_ISSUE"}]
    assert node["eligibility"] == {"outcome": "UNDETERMINED"}


def test_where_nothing_is_stated_there_is_none(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("revoked")["idNumber"]

    assert only(gateway.ask(QUESTION, idNumber=number)["holder"])["examination"] is None


def test_who_assessed_is_for_those_who_may_see_people(
    agencies: Agencies, reader_gateway: Gateway
) -> None:
    number = agencies.person("examined")["idNumber"]
    variables = {"idNumber": number}

    _, refused, _ = reader_gateway.post(
        {"query": ASSESSOR, "variables": variables}, READER
    )
    _, shown, _ = reader_gateway.post(
        {"query": QUESTION, "variables": variables}, READER
    )

    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert only(shown["data"]["holder"])["examination"]["theory"] == "87"
