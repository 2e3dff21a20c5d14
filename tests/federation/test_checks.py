"""The checks behind what is shown, and behind what is refused, over sockets."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.binding import AUDIENCE
from tests.federation.queries import EMERGENCY, TRANSPORT
from tests.running import Agencies, Gateway, running_agencies, running_gateway

CHECKS = """query($idNumber: String!) { holder(idNumber: $idNumber) {
  certificates { nodes { itemCode state
    provenance { checks { check result code message(language: EN)
      detail(language: EN) } } } }
  sources { agency refusals { code
    checks { check result code detail } } } } }"""
ORDER = [
    *("INTEGRITY", "KEY", "SCOPE", "AUTHORITY"),
    *("BINDING", "FRESHNESS", "STATUS", "INCLUSION"),
]


def asked(gateway: Gateway, agencies: Agencies, story: str) -> dict[str, Any]:
    number = agencies.person(story)["idNumber"]
    found: dict[str, Any] = gateway.ask(CHECKS, idNumber=number)["holder"]
    return found


def ended(checks: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    """Return how each check ended, of which each is there once, in their order."""
    assert [one["check"] for one in checks] == ORDER
    return {one["check"]: (one["result"], one["code"]) for one in checks}


def test_what_an_agency_answers_now(gateway: Gateway, agencies: Agencies) -> None:
    holder = asked(gateway, agencies, "all-three")

    found = [
        ended(node["provenance"]["checks"]) for node in holder["certificates"]["nodes"]
    ]
    bound = []
    for one in found:
        bound.append(one.pop("BINDING"))
        # Of what has just come, and was not kept before, the log has nothing yet.
        assert one.pop("INCLUSION") in {
            ("UNKNOWN", "PENDING"),
            ("VALID", "INCLUDED"),
            ("SKIPPED", "NOT_LOGGED"),
        }
        assert one == {
            "INTEGRITY": ("VALID", "SIGNATURE_FITS"),
            "KEY": ("VALID", "KEY_IN_FORCE"),
            "SCOPE": ("VALID", "ROW_IN_SCOPE"),
            "AUTHORITY": ("VALID", "SIGNER_NAMED"),
            "FRESHNESS": ("VALID", "FRESH"),
            "STATUS": ("VALID", "STATE_KNOWN"),
        }
    # Fire Rescue signs a nonce, the others do not bind.
    assert sorted(bound) == [
        ("SKIPPED", "AGENCY_DOES_NOT_BIND"),
        ("SKIPPED", "AGENCY_DOES_NOT_BIND"),
        ("VALID", "NONCE_BOUND"),
    ]


def test_a_revoked_certificates_state_is_known(
    gateway: Gateway, agencies: Agencies
) -> None:
    holder = asked(gateway, agencies, "revoked")

    (node,) = holder["certificates"]["nodes"]
    (status,) = [
        one for one in node["provenance"]["checks"] if one["check"] == "STATUS"
    ]
    assert node["state"] == "REVOKED"
    assert status == {
        "check": "STATUS",
        "result": "VALID",
        "code": "STATE_KNOWN",
        "message": "the state is known, and is the detail",
        "detail": "revoked",
    }


def test_what_was_changed_after_it_was_signed_fails_by_name(
    gateway: Gateway, agencies: Agencies
) -> None:
    holder = asked(gateway, agencies, "tampered")

    refusals = {row["agency"]: row["refusals"] for row in holder["sources"]}
    (refused,) = refusals[TRANSPORT]
    assert ended(refused["checks"]) == {
        "INTEGRITY": ("INVALID", "BAD_SIGNATURE"),
        **dict.fromkeys(ORDER[1:], ("SKIPPED", "NOT_REACHED")),
    }


def test_another_agencys_key_signs_well_and_may_not(
    gateway: Gateway, agencies: Agencies
) -> None:
    holder = asked(gateway, agencies, "other-agency-key")

    refusals = {row["agency"]: row["refusals"] for row in holder["sources"]}
    (refused,) = refusals[EMERGENCY]
    found = ended(refused["checks"])
    held = [check for check, (result, _) in found.items() if result == "VALID"]
    assert found["SCOPE"] == ("INVALID", "OUT_OF_SCOPE")
    assert held == ["INTEGRITY", "KEY", "FRESHNESS"]


@pytest.fixture(scope="module", name="binding_agencies")
def _binding_agencies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    folder = tmp_path_factory.mktemp("binding-agencies")
    with running_agencies(folder, 200, "--binds") as agencies:
        yield agencies


@pytest.fixture(scope="module", name="binding")
def _binding(
    binding_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway before agencies of which one is known to bind."""
    binds = f'[binding]\naudience = "{AUDIENCE}"\n\n[cache]\nttl_seconds = 0'
    with running_gateway(
        tmp_path_factory.mktemp("binding"),
        binding_agencies,
        manifest={EMERGENCY: ("[cache]\nttl_seconds = 10", binds)},
    ) as gateway:
        yield gateway


def test_an_answer_that_is_bound_to_the_question_says_so(
    binding: Gateway, binding_agencies: Agencies
) -> None:
    holder = asked(binding, binding_agencies, "revoked")
    again = asked(binding, binding_agencies, "revoked")

    for found in (holder, again):
        (node,) = found["certificates"]["nodes"]
        checks = node["provenance"]["checks"]
        (bound,) = [one for one in checks if one["check"] == "BINDING"]
        assert (bound["result"], bound["code"]) == ("VALID", "QUESTION_BOUND")
        assert bound["detail"] == "the agency's sequence is 1"


def test_an_answer_to_another_question_is_refused_by_its_binding(
    binding: Gateway, binding_agencies: Agencies
) -> None:
    with binding_agencies.fault(EMERGENCY, "replay"):
        holder = asked(binding, binding_agencies, "revoked")

    refusals = {row["agency"]: row["refusals"] for row in holder["sources"]}
    (refused,) = refusals[EMERGENCY]
    found = ended(refused["checks"])
    assert found["BINDING"] == ("INVALID", "OTHER_QUESTION")
    assert found["INTEGRITY"] == ("VALID", "SIGNATURE_FITS")
    assert holder["certificates"]["nodes"] == []
