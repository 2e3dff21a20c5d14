"""What the page says of callers is what the code knows."""

import re
import tomllib

import msgspec
import pytest

from bureau.caller import Scope
from gateway.callers.refusal import WORDS, Reason
from gateway.callers.wiring import refuse_unusable_callers
from gateway.settings.callers import AgencyCallers, ClientCertificate, Issuer, Token
from gateway.settings.settings import Settings
from gateway.settings.tls import Tls
from tests.architecture.documents import Block, blocks, table

PAGE = "docs/operating.md"


@pytest.mark.parametrize(
    ("option", "struct"),
    [
        pytest.param("tokens", Token, id="tokens"),
        pytest.param("issuers", Issuer, id="issuers"),
        pytest.param("agency_callers", AgencyCallers, id="agency_callers"),
        pytest.param("client_certificates", ClientCertificate, id="certificates"),
        pytest.param("tls", Tls, id="tls"),
    ],
)
def test_every_entry_of_a_table_stands_on_the_page(
    option: str, struct: type[msgspec.Struct]
) -> None:
    told = {
        name.strip("`"): said.startswith("required")
        for name, said in table(PAGE, f"Entry of {option}")
    }

    assert told == {
        field.name: field.required for field in msgspec.structs.fields(struct)
    }


@pytest.mark.parametrize(
    "block",
    [b for b in blocks("toml") if b.text.startswith("# gateway.toml, ")],
    ids=str,
)
def test_an_example_fits_the_example_of_the_whole(block: Block) -> None:
    first = next(b for b in blocks("toml") if b.text.startswith("# gateway.toml\n"))
    together = {**tomllib.loads(first.text), **tomllib.loads(block.text)}

    refuse_unusable_callers(msgspec.convert(together, Settings))


def test_every_scope_stands_on_the_page() -> None:
    assert {scope.strip("`") for scope, _ in table(PAGE, "Scope")} == set(Scope)


def test_every_reason_stands_on_the_page_with_its_words() -> None:
    told = {reason.strip("`"): said for reason, said in table(PAGE, "Reason")}

    assert told == dict(WORDS)
    assert set(WORDS) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_words_fit_into_a_header(reason: Reason) -> None:
    """RFC 6750, 3: the characters of error_description."""
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", WORDS[reason])
