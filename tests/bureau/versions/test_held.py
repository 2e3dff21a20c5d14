"""What was seen is not unseen: an older version that comes later decides nothing."""

from dataclasses import replace

import pytest

from bureau.versions import held, lists
from connectors.answer import Answer, SourceOutcome
from connectors.connector import Collected
from connectors.errors import StoreUnavailableError
from signing.envelope import Envelope
from signing.trust import KeyState, TrustBundle
from tests.bureau.versions.asking import (
    Asking,
    asking,
    collected,
    none_signed,
    shown,
    signed,
)
from tests.connectors.agency import BUNDLE, NOW, SIGNED_AT, trusted
from tests.connectors.test_agency import HOLDER, asked, codes

ANSWERED, UNVERIFIED = SourceOutcome.ANSWERED, SourceOutcome.UNVERIFIED
NEWER, OLDER = signed(1, state="03"), signed(9)
AGAIN = signed(0.5, state="03")


async def one(gateway: Asking, *sent: Envelope) -> Answer:
    (answer,) = await gateway.answers(sent)
    return answer


async def test_an_older_version_than_was_seen_is_not_believed() -> None:
    gateway = asking()
    await one(gateway, NEWER)

    answer = await one(gateway, OLDER)

    assert (answer.outcome, answer.certificates) == (UNVERIFIED, ())
    assert (codes(answer), answer.is_complete) == (["ROLLBACK"], False)
    assert "ROLLBACK" in str(answer.reason)
    assert SIGNED_AT.isoformat()[:10] in answer.refusals[0].reason


async def test_versions_in_their_order_are_believed_each() -> None:
    gateway = asking()

    for envelope in (OLDER, NEWER, AGAIN, signed(0)):
        answer = await one(gateway, envelope)

        assert shown([answer]) == [("a1", envelope.digest, [])]
        assert (answer.outcome, answer.is_complete) == (ANSWERED, True)


async def test_an_older_signature_on_the_same_words_is_believed() -> None:
    gateway = asking()
    await one(gateway, AGAIN)

    answer = await one(gateway, NEWER)

    assert shown([answer]) == [("a1", NEWER.digest, [])]
    # Nor is what is known younger for it.
    assert codes(await one(gateway, signed(0.7))) == ["ROLLBACK"]


async def test_another_certificate_is_not_held_against_it() -> None:
    gateway = asking()
    await one(gateway, NEWER)

    answer = await one(gateway, signed(9, number="0000124", held=None))

    assert codes(answer) == []


@pytest.mark.parametrize(
    "spelt",
    [
        pytest.param({"number": " ００00123 "}, id="its number"),
        pytest.param({"code": "４-02-01-01 "}, id="its code"),
        pytest.param({"code": None}, id="no code"),
        pytest.param({"level": "x", "dates": {"issued": "2019-06-01"}}, id="corrected"),
    ],
)
async def test_it_is_the_same_certificate_however_spelt(
    spelt: dict[str, object],
) -> None:
    gateway = asking()
    await one(gateway, NEWER)

    assert codes(await one(gateway, signed(9, **spelt))) == ["ROLLBACK"]


async def test_of_one_second_none_counts_in_whatever_order_they_come() -> None:
    gateway = asking()
    first, second = signed(1), signed(1, state="03")

    for envelope, found in ((first, []), (second, ["CONTRADICTION"])):
        answer = await one(gateway, envelope)
        assert codes(answer) == found
        assert ["in the same second" in r.reason for r in answer.refusals] == [
            bool(found)
        ] * len(found)
    # Which of the two it was that came first decides nothing.
    assert codes(await one(gateway, first)) == ["CONTRADICTION"]
    assert codes(await one(gateway, signed(0.5))) == []


async def test_what_is_good_beside_it_is_shown() -> None:
    gateway = asking()
    other = signed(3, number="0000124", held=2)
    await one(gateway, NEWER)

    answer = await one(gateway, signed(9, held=2), other)

    assert shown([answer]) == [("a1", other.digest, [])]
    assert codes(answer) == ["ROLLBACK"]


async def test_an_older_version_is_told_of_who_sent_it_after_the_newer() -> None:
    gateway = asking()
    before = await one(gateway, OLDER)
    await one(gateway, NEWER)
    assert gateway.told == []

    # It was on its way, or kept, when the newer one came.
    late = replace(before.certificates[0], retrieved_at=NOW)
    (held,) = gateway.held([replace(before, certificates=(late,))])
    assert (codes(held), gateway.told) == (["ROLLBACK"], [])

    since = replace(late, retrieved_at=NOW.replace(hour=9))
    gateway.held([replace(before, certificates=(since,))])
    assert gateway.told == [("a1", "ROLLBACK")]


async def test_whoever_is_outdated_is_asked_anew() -> None:
    gateway = asking(changes=())
    await one(gateway, OLDER)
    gateway.versions.memory.learn(collected(gateway, NEWER))

    # Kept, and outdated since.
    assert codes(await one(gateway, AGAIN)) == ["ROLLBACK"]
    assert shown([await one(gateway, AGAIN)]) == [("a1", AGAIN.digest, [])]


async def test_what_was_collected_is_known() -> None:
    gateway = asking()
    gateway.versions.memory.learn(collected(gateway, NEWER))

    assert codes(await one(gateway, OLDER)) == ["ROLLBACK"]


async def test_what_a_compromised_key_signed_takes_nothing_away() -> None:
    gateway = asking()
    await one(gateway, NEWER)
    compromised = trusted(state=KeyState.COMPROMISED)
    (answer,) = await asking().answers([OLDER])

    for bundle, found in ((TrustBundle.of([]), ["ROLLBACK"]), (BUNDLE, ["ROLLBACK"])):
        gateway.bundle = bundle
        assert codes(*gateway.held([answer])) == found
    gateway.bundle = TrustBundle.of([compromised])
    assert codes(*gateway.held([answer])) == []
    # From then on it is the one that is known.
    gateway.bundle = BUNDLE
    assert codes(*gateway.held([answer])) == []


async def test_before_a_payment_the_store_is_asked_what_others_saw() -> None:
    gateway, other = asking(), asking()
    await one(other, NEWER)
    gateway.kept.seen.update(other.versions.memory.take_unsaved(9))
    (answer,) = await asking().answers([OLDER])
    assert codes(*gateway.held([answer])) == []

    await gateway.versions.read(HOLDER, gateway.agencies, [answer])

    assert codes(*gateway.held([answer])) == ["ROLLBACK"]
    gateway.kept.is_away = True
    with pytest.raises(StoreUnavailableError):
        await gateway.versions.read(HOLDER, gateway.agencies, [answer])


async def test_nothing_of_the_certificate_is_kept() -> None:
    gateway = asking()
    await one(gateway, NEWER)

    kept = repr(dict(gateway.versions.memory.take_unsaved(9)))

    for words in (HOLDER.number, "0000123", "轨道", "REVOKED", "4-02-01-01"):
        assert words not in kept


async def test_of_what_was_sent_in_one_second_the_store_says_which_counts() -> None:
    gateway = asking()
    (first,) = await asking().answers([signed(1)])
    (second,) = await asking().answers([signed(1, state="03")])
    sent = Collected(NOW, 1)

    for answer in (first, second, first):
        (certificate,) = answer.certificates
        now = replace(answer, certificates=(replace(certificate, collected=sent),))
        assert codes(*gateway.held([now])) == []
    # To whoever is asked it is one of two.
    assert codes(*gateway.held([second])) == ["CONTRADICTION"]


async def test_versions_that_contradict_each_other_are_known_for_what_is_older() -> (
    None
):
    of_one, of_two = asking(), asking(2)
    first, second = signed(1, held=2), signed(1, state="03", held=2)
    assert "CONTRADICTION" in codes(await one(of_one, first, second))
    answers = await of_two.answers([signed(1, state="03")], [signed(1.5)])
    assert [codes(answer) for answer in answers] == [["CONTRADICTION"]] * 2

    assert codes(await one(of_one, OLDER)) == ["ROLLBACK"]
    assert codes((await of_two.answers([OLDER], []))[0]) == ["ROLLBACK"]


async def test_what_two_agencies_show_again_is_shown_once_again() -> None:
    gateway = asking(2)

    for _ in range(3):
        answers = await gateway.answers([NEWER], [NEWER])

        assert shown(answers) == [("a1", NEWER.digest, [])]


async def test_an_agency_that_answered_what_is_older_is_asked_anew() -> None:
    gateway = asking(changes=())
    await one(gateway, NEWER)
    (agency,), (connector,) = gateway.agencies, gateway.connectors
    agency.forget(HOLDER)
    assert codes(await one(gateway, OLDER)) == ["ROLLBACK"]

    assert codes(await one(gateway, AGAIN)) == []

    assert len(connector.asked) == 3


async def test_what_other_gateways_saw_is_read_with_a_list_s_last_certificate() -> None:
    gateway = asking()
    await one(gateway, NEWER)
    await gateway.kept.keep(gateway.versions.memory.take_unsaved(99))
    other = asking(kept=gateway.kept)
    other.connectors[0].envelopes = (none_signed(9),)
    answers = [await asked(other.agencies[0])]
    assert codes(answers[0]) == []

    await other.versions.read(HOLDER, other.agencies, answers)

    assert codes(other.held(answers)[0]) == ["ROLLBACK"]


async def test_the_marks_at_hand_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (held, lists):
        monkeypatch.setattr(module, "MARKED", 2)
    gateway = asking()

    for number in range(4):
        await one(gateway, signed(1, number=f"000012{number}"))
        gateway.versions._lists.mark_of(HOLDER, frozenset({str(number)}))

    assert len(gateway.versions._marked) == 2
    assert len(gateway.versions._lists._marked) == 2
    assert [key[1] for key in gateway.versions._marked] == ["0000122", "0000123"]
