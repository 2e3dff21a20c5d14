"""Two gateway processes on one database: one budget of people, one use of a token."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.demo import HOST
from tests.contracts.people import nobodies
from tests.gateway.callers.known import AUDIENCE
from tests.gateway.callers.minting import ES256, ISSUER, Mint, jwk, key_set
from tests.gateway.privacy.callers import AUDITOR, entry
from tests.gateway.privacy.questions import HOLDER, error_of, question, records
from tests.ports import free_port
from tests.running import Agencies, Gateway, eventually, gateway_by, running_gateway

BUDGET = 5
CALLERS = tuple(f"shared-{number}" for number in range(5))
"""Bearer tokens, named like their callers, each used by one test."""
TABLES = "\n".join(
    (
        entry(AUDITOR, "audit:read", purpose=False),
        *(entry(caller, "certificates:read") for caller in CALLERS),
        f"""
[[issuers]]
name = "bureau"
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
algorithms = ["ES256"]
jwks_file = "jwks.json"
scopes = ["schema:read"]
single_use = true

[privacy]
people_a_day = {BUDGET}
""",
    )
)
Pair = tuple[Gateway, Gateway]


@pytest.fixture(scope="module", name="pair")
def _pair(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Two processes with one database and the same keys."""
    first = tmp_path_factory.mktemp("first")
    (first / "jwks.json").write_bytes(key_set(jwk("es256-1", ES256)))
    with running_gateway(first, running_agencies, tables=TABLES) as one:
        port = free_port(HOST)
        text = (first / "gateway.toml").read_text("utf-8")
        text = text.replace(f"port = {one.url.rpartition(':')[2]}", f"port = {port}")
        second = tmp_path_factory.mktemp("second")
        for name in (
            "certificate-id.key",
            "pseudonym.key",
            "evidence.key",
            "transparency.key",
            "transparency-ml-dsa.key",
            "jwks.json",
            "manifests",
        ):
            (second / name).symlink_to(first / name)
        shared = f"sqlite:///{first}/gateway.db"
        (second / "gateway.toml").write_text(
            text.replace("sqlite:///gateway.db", shared), "utf-8"
        )
        with gateway_by(second / "gateway.toml", port) as other:
            yield one, other


def ask(gateway: Gateway, number: str, caller: str) -> Any:
    """Look somebody up; return the answer."""
    return gateway.post(question(HOLDER, n=number), token=caller)[1]


def is_refused(answer: Any) -> bool:
    """Say whether the budget, and nothing else, refused."""
    codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
    assert codes in ([], ["PEOPLE_BUDGET_EXCEEDED"]), answer
    return bool(codes)


def people(count: int) -> list[str]:
    return [nobody.number for nobody in nobodies(count)]


def asked_about(agencies: Agencies) -> int:
    return sum(agencies.calls(agency)["calls"] for agency in agencies.urls)


def test_people_looked_up_by_either_count_for_both(pair: Pair) -> None:
    caller = CALLERS[0]
    numbers = people(BUDGET + 1)
    for place, number in enumerate(numbers[:BUDGET]):
        assert not is_refused(ask(pair[place % 2], number, caller))

    refused = [ask(gateway, numbers[BUDGET], caller) for gateway in pair]

    assert [is_refused(answer) for answer in refused] == [True, True]
    assert {error_of(answer)["extensions"]["found"] for answer in refused} == {6}
    # Whoever was counted by one is open at the other.
    assert not is_refused(ask(pair[1], numbers[0], caller))
    assert not is_refused(ask(pair[0], numbers[1], caller))


def test_a_gateway_that_was_idle_asks_nobody_for_a_spent_budget(
    pair: Pair, agencies: Agencies
) -> None:
    caller = CALLERS[1]
    for number in people(BUDGET):
        assert not is_refused(ask(pair[0], number, caller))
    time.sleep(1.5)
    agencies.reset()

    refused = ask(pair[1], people(1)[0], caller)

    assert is_refused(refused)
    assert "nobody was asked" in error_of(refused)["message"]
    assert asked_about(agencies) == 0


def test_however_many_are_asked_at_once_no_more_are_answered(pair: Pair) -> None:
    caller = CALLERS[2]
    numbers = people(4 * BUDGET)
    with ThreadPoolExecutor(8) as clients:
        answers = list(
            clients.map(
                lambda place: ask(pair[place % 2], numbers[place], caller),
                range(len(numbers)),
            )
        )

    assert [is_refused(answer) for answer in answers].count(False) == BUDGET
    seen = records(pair[0], caller=caller)
    assert [one["event"] for one in seen].count("LOOKED_UP") == BUDGET
    assert {one["event"] for one in seen} <= {"LOOKED_UP", "OVER_BUDGET"}


def test_of_two_who_ask_for_the_last_place_one_is_answered_and_one_told_why(
    pair: Pair,
) -> None:
    caller = CALLERS[3]
    numbers = iter(people(40))
    for _ in range(BUDGET - 1):
        ask(pair[0], next(numbers), caller)
    # One place is left, and each of the two knows of it.
    eventually(lambda: len(records(pair[1], caller=caller)) == BUDGET - 1)
    time.sleep(1.2)
    with ThreadPoolExecutor(2) as clients:
        one, other = clients.map(
            ask, pair, (next(numbers), next(numbers)), [caller] * 2
        )

    [refused] = [answer for answer in (one, other) if is_refused(answer)]
    words = error_of(refused)["message"]
    assert "nobody was asked" in words or "other gateways spent it" in words


def once(gateway: Gateway, token: str) -> tuple[int, Mapping[str, str]]:
    status, _, headers = gateway.post({"query": "{ policy { notice } }"}, token=token)
    return status, headers


def single(number: int) -> str:
    now = int(time.time())
    return Mint().token(iat=now, exp=now + 300, scope="schema:read", jti=f"j{number}")


def test_a_token_for_one_use_is_used_up_for_both(pair: Pair) -> None:
    token = single(1)

    assert once(pair[0], token)[0] == 200
    for gateway in (pair[1], pair[0]):
        status, headers = once(gateway, token)
        assert status == 401
        assert "used before" in json.dumps(dict(headers))
    assert once(pair[1], single(2))[0] == 200


def test_of_two_gateways_that_get_a_token_at_once_one_accepts_it(pair: Pair) -> None:
    for number in range(10, 20):
        token = single(number)
        with ThreadPoolExecutor(2) as clients:
            ends = [end[0] for end in clients.map(once, pair, [token] * 2)]

        assert sorted(ends) == [200, 401]


def test_a_restart_forgets_neither_people_nor_tokens(
    agencies: Agencies, tmp_path: Path
) -> None:
    caller, token, numbers = CALLERS[4], single(3), people(BUDGET + 1)
    (tmp_path / "jwks.json").write_bytes(key_set(jwk("es256-1", ES256)))
    with running_gateway(tmp_path, agencies, tables=TABLES) as gateway:
        for number in numbers[:BUDGET]:
            ask(gateway, number, caller)
        assert once(gateway, token)[0] == 200
        port = int(gateway.url.rpartition(":")[2])

    with gateway_by(tmp_path / "gateway.toml", port) as gateway:
        assert is_refused(ask(gateway, numbers[BUDGET], caller))
        assert not is_refused(ask(gateway, numbers[0], caller))
        assert once(gateway, token)[0] == 401
        assert once(gateway, single(4))[0] == 200
    digest = hashlib.sha256(token.encode()).hexdigest()
    assert digest not in gateway.log
