"""What looks like a signed token is one of three parts, and one of five is refused."""

import pytest

from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.signed_token import looks_signed


@pytest.mark.parametrize(
    ("token", "expected"),
    [("a.b.c", True), ("a", False), ("a.b", False), ("a.b.c.d", False)],
)
def test_a_signed_token_has_three_parts(token: str, expected: bool) -> None:
    assert looks_signed(token) is expected


def test_an_encrypted_token_is_told_to_be_one() -> None:
    with pytest.raises(AuthenticationError) as refused:
        looks_signed("a.b.c.d.e")

    assert refused.value.reason is Reason.ENCRYPTED
    assert str(refused.value) == "the token is encrypted; send a signed one (JWS)"
