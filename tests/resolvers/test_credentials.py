"""A credential that is not to be given is refused by name, before anybody is asked."""

from types import SimpleNamespace

import pytest

from bureau.caller import Purpose
from tests.resolvers.test_store_away import answer

OFFERED, NOT_OFFERED = (SimpleNamespace(is_offered=one) for one in (True, False))


@pytest.mark.parametrize(
    ("offered", "key", "code"),
    [
        pytest.param(NOT_OFFERED, "null", "NOT_OFFERED", id="none is offered"),
        pytest.param(OFFERED, '"{}"', "HOLDER_KEY", id="a key that is none"),
    ],
)
def test_what_is_not_issued_says_why(
    offered: SimpleNamespace, key: str, code: str
) -> None:
    found = answer(
        f"""mutation {{ issueCredential(certificate: "c", form: SD_JWT_VC,
          holderKey: {key}) {{ ... on CredentialRefused {{ code }} }} }}""",
        purpose=Purpose.HOLDER_REQUEST,
        credentials=offered,
    )

    assert found.errors is None
    assert found.data == {"issueCredential": {"code": code}}
