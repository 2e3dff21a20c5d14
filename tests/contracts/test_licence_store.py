"""A licence store is asked by one file, and believed where somebody signed."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import aiohttp
import pytest

from connectors.answer import RecordFault, SourceOutcome
from connectors.collection.connector import CollectedRecord
from connectors.conformance.codes import Check
from connectors.conformance.report import Outcome
from connectors.connector import Collected, FileKind
from connectors.elements import Element
from connectors.errors import ConnectorError, RefusedError, UnreadableError
from gateway.clock import utc_now
from gateway.doctor.codes import Step
from gateway.doctor.diagnose import diagnose
from policy.certificate import CertificateRecord
from sandbox.agency import AgencyId
from sandbox.keys import load_keyring
from sandbox.licence_rows import gbt_36903, license_data
from sandbox.sealing import Sealer, to_json
from signing.envelope import Envelope, PayloadType
from signing.trust import read_trust_bundle
from tests.connectors.conformance.kit import checked, items_at, outcome, sandbox_plan
from tests.contracts.licence_stores import (
    ELEMENTS,
    EMERGENCY,
    PASSWORD,
    STORES,
    USUAL,
    Asking,
    Clock,
    Sent,
)
from tests.gateway.doctor.patients import patient
from tests.running import Agencies
from tests.sandbox.process import address_of, started

ENOUGH = 10.0


@pytest.fixture(scope="module", params=STORES, name="store")
def _store(
    request: pytest.FixtureRequest, running_agencies: Agencies
) -> Iterator[tuple[str, str]]:
    text, options = STORES[request.param]
    folder = running_agencies.folder
    with started(
        *("licence-store", "--dir", folder, "--password", PASSWORD, "--port", "0"),
        *options,
    ) as one:
        yield address_of(one), text


@pytest.fixture(scope="module", name="signing_store")
def _signing_store(running_agencies: Agencies) -> Iterator[str]:
    """A store in whose rows stands what the agency signed, a batch at a time."""
    folder = running_agencies.folder
    with started(
        *("licence-store", "--dir", folder, "--password", PASSWORD, "--port", "0"),
        *("--signs", "batches"),
    ) as one:
        yield address_of(one)


@pytest.fixture(name="session")
async def _session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session


@pytest.fixture(name="asking")
async def _asking(
    store: tuple[str, str], agencies: Agencies, session: aiohttp.ClientSession
) -> Asking:
    asking = Asking(*store, session, agencies)
    await asking.turn(trouble=None, left=None)
    return asking


@pytest.fixture(name="signed")
async def _signed(
    signing_store: str, agencies: Agencies, session: aiohttp.ClientSession
) -> Asking:
    asking = Asking(signing_store, USUAL, session, agencies)
    await asking.turn(trouble=None, left=None)
    return asking


async def test_rows_are_read_and_believed_by_nobody(asking: Asking) -> None:
    person, agency = asking.person("whole-annex"), asking.agency()

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS, names=asking.names(person))
    await agency.close()

    held = asking.agencies.person("whole-annex")["certificates"]
    assert answer.outcome is SourceOutcome.UNSIGNED
    assert (*answer.certificates, *answer.refusals, *answer.proofs) == ()
    assert not answer.is_complete
    shown = [one.record for one in answer.unsigned]
    assert sorted(str(r.item_code) for r in shown) == sorted(items_at(held, EMERGENCY))
    assert {record.holder for record in shown} == {person}
    # All that clauses ask for is there, under whatever names it came.
    for record in shown:
        assert None not in (record.issued_on, record.valid_until, record.state)
        assert None not in (record.level, record.evaluation_body, record.licence_id)


async def test_what_the_manifest_withholds_is_not_shown_and_said(
    asking: Asking,
) -> None:
    agency = asking.agency(('unsigned = "shown"', 'unsigned = "withheld"'))
    person = asking.person()

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS, names=asking.names(person))
    await agency.close()

    assert (answer.outcome, answer.unsigned) == (SourceOutcome.UNSIGNED, ())
    assert answer.reason is not None
    assert "the manifest does not have it shown" in answer.reason.en


async def test_that_nothing_came_proves_nothing(asking: Asking) -> None:
    agency, person = asking.agency(), asking.person("none")

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS, names=asking.names(person))
    await agency.close()

    assert (answer.outcome, answer.unsigned) == (SourceOutcome.UNSIGNED, ())
    assert not answer.is_complete
    assert answer.reason is not None
    assert "proves nothing" in answer.reason.en


async def test_a_session_and_a_code_are_kept_for_their_time(asking: Asking) -> None:
    clock, person = Clock(), asking.person()
    connector = asking.connector(clock=clock)
    told = asking.told(person)
    before = await asking.turn()

    async def counted() -> tuple[int, int, int]:
        await connector.fetch([person], told)
        now = await asking.turn()
        return (
            now["logins"] - before["logins"],
            now["checks"] - before["checks"],
            now["questions"] - before["questions"],
        )

    assert await counted() == (1, 1, 1)
    assert await counted() == (1, 1, 2)
    clock.ahead = timedelta(seconds=200)
    is_short = asking.text is not USUAL
    assert await counted() == (1, 1 + is_short, 3)
    clock.ahead = timedelta(seconds=1300)
    assert await counted() == (2, 2 + is_short, 4)


async def test_the_five_elements_are_told_in_every_question(asking: Asking) -> None:
    person = asking.person()
    connector = asking.connector()

    await connector.fetch([person], asking.told(person))

    told = (await asking.turn())["told"]
    assert told["use"]
    assert None not in told.values()
    for element in Element:
        with pytest.raises(RefusedError, match="all five elements are needed"):
            await connector.fetch([person], asking.told(person, without=element))


async def test_a_session_that_ends_in_a_batch_is_renewed_once(asking: Asking) -> None:
    people = [asking.person(one) for one in ("all-three", "none", "whole-annex")]
    connector = asking.connector()
    told = asking.told(*people)
    await connector.fetch(people[:1], told)
    before = await asking.turn(left=2)

    reply = await connector.fetch(people, told)

    after = await asking.turn()
    assert reply.unsigned is not None
    assert [bool(one.rows) for one in reply.unsigned] == [True, False, True]
    assert after["logins"] - before["logins"] == 1


@pytest.mark.parametrize(
    ("trouble", "error", "said"),
    [
        pytest.param("error", RefusedError, "code '500'", id="an error"),
        pytest.param(
            "refused-log-in",
            RefusedError,
            "the log-in: code '403'",
            id="a refused log-in",
        ),
        pytest.param(
            "stale",
            RefusedError,
            "the session has ended, and so has the one after",
            id="no session lasts",
        ),
        pytest.param("login-page", UnreadableError, "answered text/html", id="a page"),
        pytest.param(
            "login-page-as-json",
            UnreadableError,
            "a page in HTML, as of a log-in",
            id="a page called JSON",
        ),
        pytest.param(
            "gbk", UnreadableError, "it is in GBK, allowed is UTF-8", id="GBK"
        ),
    ],
)
async def test_what_goes_wrong_at_the_store_is_told(
    asking: Asking, trouble: str, error: type[ConnectorError], said: str
) -> None:
    person = asking.person()
    await asking.turn(trouble=trouble)

    with pytest.raises(error, match=said):
        await asking.connector().fetch([person], asking.told(person))


async def test_another_password_is_refused_and_not_repeated(asking: Asking) -> None:
    connector = asking.connector(password="another-password")
    person = asking.person()

    with pytest.raises(RefusedError, match="code '403'") as refused:
        await connector.fetch([person], asking.told(person))

    assert "another-password" not in str(refused.value)


async def test_a_code_of_another_person_is_refused_by_name(asking: Asking) -> None:
    people = [asking.person(one) for one in ("all-three", "whole-annex")]
    agency = asking.agency()
    await asking.turn(trouble="code-of-another")

    first, second = await agency.ask(
        people, ENOUGH, ELEMENTS, names=asking.names(*people)
    )
    await agency.close()

    assert second.outcome is SourceOutcome.UNVERIFIED
    assert second.unsigned == ()
    (refusal,) = second.refusals
    assert refusal.code == RecordFault.WRONG_HOLDER
    assert "the holder code is that of another person" in refusal.reason
    assert first.certificates == ()


async def test_rows_of_another_person_are_refused_by_name(asking: Asking) -> None:
    person, agency = asking.person(), asking.agency()
    await asking.turn(trouble="rows-of-another")

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS, names=asking.names(person))
    await agency.close()

    assert (answer.outcome, answer.unsigned) == (SourceOutcome.UNVERIFIED, ())
    assert {one.code for one in answer.refusals} == {RecordFault.WRONG_HOLDER}


async def test_a_check_of_another_number_is_refused_by_name(asking: Asking) -> None:
    # Whatever stands there is not the number.
    code = "holderCode" if asking.text is USUAL else "personCode"
    old = 'use = "' if asking.text is USUAL else 'checked_number = "number"'
    new = f'checked_number = "{code}"'
    change = (old, f"{new}\n{old}" if asking.text is USUAL else new)
    person, connector = asking.person(), asking.connector(change)

    reply = await connector.fetch([person], asking.told(person))

    assert reply.unsigned is not None
    assert reply.unsigned[0].rows == ()
    assert "another person's number" in str(reply.unsigned[0].of_another)


async def test_a_store_that_asks_for_a_name_is_told_who_is_meant(
    asking: Asking,
) -> None:
    person, connector = asking.person(), asking.connector()
    told = asking.told()
    if asking.text is USUAL:
        assert (await connector.fetch([person], told)).unsigned
        return

    with pytest.raises(RefusedError, match="identifies nobody without a name"):
        await connector.fetch([person], told)


async def test_files_are_references_and_nothing_more(asking: Asking) -> None:
    person, agency = asking.person(), asking.agency()
    before = await asking.turn()

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS, names=asking.names(person))
    await agency.close()

    (row,) = answer.unsigned
    kinds = [one.kind for one in row.files]
    assert kinds[0] is FileKind.LICENCE
    assert (FileKind.THUMBNAIL in kinds) is (asking.text is USUAL)
    assert str(row.record.licence_id) in row.files[0].reference
    # A log-in, a check and a question: nobody asked for a picture.
    after = await asking.turn()
    assert {
        name: after[name] - before[name] for name in ("logins", "checks", "questions")
    } == dict.fromkeys(("logins", "checks", "questions"), 1)


async def test_what_the_agency_signed_of_a_row_is_believed(signed: Asking) -> None:
    person, agency = signed.person("whole-annex"), signed.agency()

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS)
    await agency.close()

    assert answer.outcome is SourceOutcome.ANSWERED
    assert len(answer.certificates) > 1
    assert answer.unsigned == ()


async def test_a_forged_signature_is_refused_and_its_row_not_shown(
    signed: Asking,
) -> None:
    person, agency = signed.person(), signed.agency()
    await signed.turn(trouble="tampered")

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS)
    await agency.close()

    assert answer.outcome is SourceOutcome.UNVERIFIED
    assert answer.shown == ()


async def test_what_was_sent_signed_makes_a_row_whole(asking: Asking) -> None:
    person = asking.person()
    plain = asking.agency()
    (before,) = await plain.ask([person], ENOUGH, ELEMENTS, names=asking.names(person))
    await plain.close()
    (row,) = before.unsigned
    sent = Sent({person.number: [_signed_by(asking, _row_of(asking, row.record))]})
    agency = asking.agency(sent=sent)

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS, names=asking.names(person))
    await agency.close()

    assert answer.refusals == ()
    assert answer.outcome is SourceOutcome.ANSWERED
    (certificate,) = answer.certificates
    assert certificate.record == row.record
    assert certificate.collected is not None
    assert answer.unsigned == ()


async def test_two_rows_of_one_certificate_that_differ_show_neither(
    asking: Asking,
) -> None:
    if asking.text is not USUAL:
        return
    person, agency = asking.person(), asking.agency()
    await asking.turn(trouble="two-versions")

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS)
    await agency.close()

    assert answer.unsigned == ()
    assert {one.code for one in answer.refusals} == {RecordFault.CONTRADICTION}


async def test_the_kit_finds_a_store_in_order_and_says_that_nobody_signs(
    asking: Asking,
) -> None:
    trust = (asking.agencies.folder / "trust.toml").read_text("utf-8")

    report = await checked(
        asking.manifest(),
        read_trust_bundle(trust),
        sandbox_plan(asking.agencies, EMERGENCY),
    )

    assert report.is_conforming, report.findings
    for check in (Check.SIGNATURES, Check.ABSENCE, Check.REPLAY, Check.ROTATION):
        assert outcome(report, check) is Outcome.NOT_TESTED
    assert outcome(report, Check.MAPPING) is Outcome.PASSED


def _signed_by(asking: Asking, row: dict[str, object]) -> CollectedRecord:
    """Return a row as the agency signs and sends it."""
    keyring = load_keyring(asking.agencies.folder, AgencyId(EMERGENCY))
    now = utc_now()
    token = Sealer(keyring, utc_now).token(
        to_json(row), PayloadType.RECORD, now - timedelta(seconds=5), None
    )
    return CollectedRecord(Envelope(token.encode()), Collected(now, 1))


def _row_of(asking: Asking, record: CertificateRecord) -> dict[str, object]:
    """Return the row of a store, with nothing in it that is JSON in a text."""
    row = (gbt_36903 if asking.text is USUAL else license_data)(record)
    return row | {
        name: json.loads(text)
        for name, text in row.items()
        if name == "data_fields" and isinstance(text, str)
    }


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (None, None),
        ("refused-log-in", "code '403'"),
        ("gbk", "it is in GBK"),
        ("stale", "the session has ended"),
    ],
)
async def test_the_doctor_says_what_is_wrong_with_a_store(
    asking: Asking, trouble: str | None, said: str | None
) -> None:
    if asking.text is not USUAL and trouble is not None:
        # What is told of a store does not depend on what it calls things.
        return
    trust = (asking.agencies.folder / "trust.toml").read_text("utf-8")
    await asking.turn(trouble=trouble)

    found = await diagnose(patient(asking.manifest(), read_trust_bundle(trust)))

    (keys,) = [one for one in found.steps if one.step is Step.KEYS]
    assert not keys.is_taken
    told = [one.detail for one in found.found if one.step is Step.ANSWERS]
    assert [said] * bool(said) == [said for one in told if str(said) in one]
    assert len(told) == bool(said)


async def test_who_is_refused_in_a_batch_takes_nobody_along(asking: Asking) -> None:
    people = [asking.person("all-three"), asking.person("whole-annex")]
    agency = asking.agency()
    names = {**asking.names(*people), people[0]: "另一人"}

    refused, answered = await agency.ask(people, ENOUGH, ELEMENTS, names=names)
    (alone,) = await agency.ask(people[:1], ENOUGH, ELEMENTS, names=names)
    await agency.close()

    assert answered.outcome is SourceOutcome.UNSIGNED
    assert answered.unsigned
    assert refused.outcome is SourceOutcome.UNVERIFIED
    assert [one.reason for one in refused.refusals] == ["code '404'"]
    assert alone.outcome is SourceOutcome.REFUSED


async def test_a_code_may_say_that_there_is_nothing(asking: Asking) -> None:
    account = next(line for line in asking.text.splitlines() if "account =" in line)
    agency = asking.agency((account, f'{account}\nempty_codes = ["404"]'))
    person = asking.person()

    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS, names={person: "另一人"})
    await agency.close()

    assert (answer.outcome, answer.shown) == (SourceOutcome.UNSIGNED, ())


async def test_nobody_is_asked_about_where_nobody_is_let_in(asking: Asking) -> None:
    people = [asking.person("all-three"), asking.person("whole-annex")]
    before = await asking.turn(trouble="refused-log-in")

    with pytest.raises(RefusedError, match="the log-in: code '403'"):
        await asking.connector().fetch(people, asking.told(*people))

    after = await asking.turn()
    assert (after["logins"] - before["logins"], after["checks"]) == (
        1,
        before["checks"],
    )
