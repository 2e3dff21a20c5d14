"""A field that looks people up and was not counted for it asks nobody, and is a bug."""

from collections.abc import Iterator

import pytest

from tests.running import Agencies, Gateway, eventually, running_gateway

BY_ID = "query($id: ID!) { certificate(id: $id) { __typename } }"
CERTIFICATES = """query($n: String!) { holder(idNumber: $n) { ... on Holder {
  certificates { nodes { id } } } } }"""


@pytest.fixture(scope="module", name="forgetful")
def _forgetful(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """Give a gateway whose field ``certificate`` declares nothing."""
    folder = tmp_path_factory.mktemp("forgetful")
    module = "tests.gateway.buggy_gateway"
    with running_gateway(folder, running_agencies, module=module) as gateway:
        yield gateway


def test_nobody_is_looked_up_by_a_field_that_does_not_declare_it(
    forgetful: Gateway, gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("all-three")["idNumber"]
    found = gateway.ask(CERTIFICATES, n=number)["holder"]["certificates"]["nodes"]

    for id_ in (found[0]["id"], "no id of ours"):
        status, body, _ = forgetful.post({"query": BY_ID, "variables": {"id": id_}})

        (shown,) = body["errors"]
        assert (status, shown["message"]) == (200, "Unexpected error.")
        assert body["data"] == {"certificate": None}
    eventually(lambda: forgetful.log.count("UncountedLookUpError") >= 2)
