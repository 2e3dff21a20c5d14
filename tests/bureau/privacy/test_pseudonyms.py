"""A pseudonym stands for one person, and for nobody without the key."""

from bureau.privacy.pseudonyms import Pseudonyms
from policy.identity import Identity, IdType

NUMBER = "310110199003074514"
PERSON = Identity(IdType.RESIDENT_ID, NUMBER)
OLD, NEW = bytes(32), bytes([1]) * 32


def test_a_pseudonym_is_hmac_sha_256_of_type_and_number() -> None:
    """The expectation is what ``openssl dgst -sha256 -mac HMAC`` says."""
    assert Pseudonyms([OLD]).of(PERSON) == (
        "d11deea9bf85838693c25196ebfbd4fb5d2d135f5b40b9295283eaa144e5adad"
    )


def test_one_person_has_one_pseudonym() -> None:
    pseudonyms = Pseudonyms([OLD])

    assert pseudonyms.of(PERSON) == pseudonyms.of(Identity(IdType.RESIDENT_ID, NUMBER))


def test_a_number_is_another_person_under_another_type() -> None:
    pseudonyms = Pseudonyms([OLD])
    passport = Identity(IdType.PASSPORT, "E12345678")
    permit = Identity(IdType.HOME_RETURN_PERMIT, "E12345678")

    assert pseudonyms.of(passport) != pseudonyms.of(permit)


def test_another_key_makes_another_pseudonym() -> None:
    assert Pseudonyms([OLD]).of(PERSON) != Pseudonyms([NEW]).of(PERSON)


def test_former_keys_find_what_was_made_under_them() -> None:
    rotated = Pseudonyms([NEW, OLD])

    assert rotated.all_of(PERSON) == [
        Pseudonyms([NEW]).of(PERSON),
        Pseudonyms([OLD]).of(PERSON),
    ]


def test_the_first_key_makes_pseudonyms() -> None:
    assert Pseudonyms([NEW, OLD]).of(PERSON) == Pseudonyms([NEW]).of(PERSON)


def test_a_document_is_marked_apart_from_people() -> None:
    pseudonyms = Pseudonyms([OLD])

    assert pseudonyms.of_document(f"RESIDENT_ID\x1f{NUMBER}") != pseudonyms.of(PERSON)


def test_a_document_has_its_own_mark_whichever_came_before() -> None:
    pseudonyms = Pseudonyms([OLD])
    documents = ("{ a }", "{ b }", "{ b }", "{ a }")

    marks = [pseudonyms.of_document(text) for text in documents]

    assert marks == [Pseudonyms([OLD]).of_document(text) for text in documents]
    assert len(set(marks)) == 2


def marks_of(pseudonyms: Pseudonyms, text: str) -> list[str]:
    """Return the marks of one text, as whatever it may be marked as."""
    return [
        pseudonyms.of(text),
        pseudonyms.of_document(text),
        pseudonyms.of_statement(text),
        pseudonyms.of_officer(text),
    ]


def test_the_first_key_makes_every_other_mark_too() -> None:
    rotated = marks_of(Pseudonyms([NEW, OLD]), "text")

    assert rotated == marks_of(Pseudonyms([NEW]), "text")
    assert set(rotated).isdisjoint(marks_of(Pseudonyms([OLD]), "text"))


def test_one_text_has_another_mark_as_each_of_them() -> None:
    text = f"{PERSON.type}\x1f{PERSON.number}"
    pseudonyms = Pseudonyms([OLD])

    assert len({pseudonyms.of(PERSON), *marks_of(pseudonyms, text)}) == 5


def test_whatever_a_request_holds_has_marks() -> None:
    """JSON may escape half a character, which has no UTF-8."""
    marks = marks_of(Pseudonyms([NEW, OLD]), "\ud800")

    assert set(marks).isdisjoint(marks_of(Pseudonyms([NEW, OLD]), "\udfff"))
    assert marks[-1:] == Pseudonyms([NEW, OLD]).all_of_officer("\ud800")[:1]
