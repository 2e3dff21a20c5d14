"""What a manifest says of a store of electronic licences (证照库).

Its clients log in, have a person identified, which gives a code of that holder, and ask
by the code. The names are those of clients that are known, of one or two stores; none
has a public description. So each is a key with that as its default, and a wrong guess
is one line of a manifest.
"""

import re
from collections.abc import Collection
from typing import Annotated

import msgspec

from connectors.elements import Element
from connectors.errors import ManifestError
from connectors.manifest_exchange import Code, KeyName, Place, Printable

Path = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{1,256}\Z")]
Member = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
MaybeMember = Annotated[str, msgspec.Meta(max_length=64)]
MaybePlace = Annotated[str, msgspec.Meta(max_length=1000)]
MaybeHeader = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_-]{0,64}\Z")]
Lasting = Annotated[float, msgspec.Meta(gt=0, le=24 * 3600)]
TypeName = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
_SOAP = re.compile(r"Invalid enum value '(?i:soap|wsdl|web-?service)\S*'")


class LicenceStore(msgspec.Struct, frozen=True, kw_only=True):
    """Who logs in, how a person is identified, and what is asked for."""

    account: Printable = ""
    """Who logs in."""
    password: KeyName = ""
    """The account's password, by its name."""
    login_path: Path = "login"
    """The path of the log-in, below ``endpoint.url``."""
    account_member: Member = "account"
    password_member: Member = "password"  # noqa: S105 - a name
    session: Place = "sessionId"
    """The place of the session in the answer to a log-in, in its data (JMESPath)."""
    session_member: MaybeMember = "sessionId"
    """The member of each question that has the session."""
    session_header: MaybeHeader = ""
    """The header that has it instead."""
    session_seconds: Lasting = 1200.0
    """How long a session is kept; one that ends before is renewed once."""
    check_path: Path = "checkIDCard"
    """The path of the identity check."""
    id_member: Member = "id"
    """The member of the check that has the identity number."""
    id_type_member: MaybeMember = ""
    """The member that has its type; without it the type is not sent."""
    name_member: MaybeMember = "name"
    """The member that has the person's name, where whoever asks stated it."""
    name_required: bool = False
    """Whether nobody is identified without a name."""
    from_member: MaybeMember = "startDay"
    """The member that has the first day of the code; without it none is sent."""
    until_member: MaybeMember = "endDay"
    """The member that has its last day, likewise."""
    holder_code: Place = "holderCode"
    """The place of the code in the answer to a check, in its data (JMESPath)."""
    checked_number: MaybePlace = ""
    """The place where the check repeats the number, if it does (JMESPath)."""
    code_seconds: Lasting = 600.0
    """How long a holder's code is kept."""
    data_path: Path = "getCertificateByHolder"
    """The path of the question for a holder's licences."""
    code_member: Member = "holderCode"
    """The member of that question that has the holder's code."""
    type_member: Member = "CertificateType"
    """The member that has the type of licence."""
    types: tuple[TypeName, ...] = ()
    """The types that are asked for, one question each; all at once if none is named."""
    use_member: MaybeMember = "UseFor"
    """The member of each question that says what it is for."""
    use: Annotated[str, msgspec.Meta(max_length=128)] = ""
    """What it is for; needed unless there is no member for it."""
    rows: Place = "@"
    """The place of the rows in the data (JMESPath)."""
    text_members: tuple[Member, ...] = ("data_fields",)
    """Members of a row that are JSON in a text, and opened before anything is read."""
    signed: MaybePlace = ""
    """The place in a row of what its agency signed of it, if it does (JMESPath)."""
    licence_file: MaybePlace = ""
    """The place in a row of the reference to the licence's picture (JMESPath)."""
    thumbnail: MaybePlace = ""
    """The place in a row of the reference to a smaller one (JMESPath)."""
    code: Place = "code"
    """The place of the code in an answer, whose HTTP status is 200 always."""
    good_codes: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)] = ("200",)
    stale_codes: tuple[Code, ...] = ("401",)
    """The codes of a session that is none any more."""
    empty_codes: tuple[Code, ...] = ()
    """The codes that say that there is nothing of a person."""
    data: Place = "data"
    """The place of what the store answers: JSON, or JSON in a text."""


def refuse_unusable_store(
    table: LicenceStore, told: Collection[Element], *, is_asked: bool
) -> None:
    """Refuse a table of which something is missing, or that nobody is asked by.

    ``told`` are the elements that the manifest has names for.

    Raises:
        ManifestError: it names the key.
    """
    if not is_asked:
        if table != LicenceStore():
            raise ManifestError(
                "[licence_store] is set, but endpoint.protocol is not 'licence-store': "
                "remove the table"
            )
        return
    _refuse_what_is_missing(table)
    if missing := [one for one in Element if one not in told]:
        raise ManifestError(
            f"request.elements has no name for {missing[0].value!r}: a licence store "
            "is told of all five elements in each question"
        )
    _refuse_one_member_for_two(table)
    codes = [*table.good_codes, *table.stale_codes, *table.empty_codes]
    if twice := [code for code in codes if codes.count(code) > 1]:
        raise ManifestError(
            f"licence_store.good_codes, stale_codes and empty_codes have {twice[0]!r} "
            "twice"
        )


def _refuse_what_is_missing(table: LicenceStore) -> None:
    for name in ("account", "password"):
        if not getattr(table, name):
            raise ManifestError(f"licence_store.{name} is missing")
    if table.use_member and not table.use:
        raise ManifestError(
            "licence_store.use is missing: each question says what it is for; where "
            "the store does not ask, set licence_store.use_member = ''"
        )
    if not table.session_member and not table.session_header:
        raise ManifestError(
            "licence_store.session_member and session_header are both empty: the "
            "session has to be sent in one of them"
        )
    if table.name_required and not table.name_member:
        raise ManifestError(
            "licence_store.name_required is set, but name_member is not: no name is "
            "sent"
        )


def _refuse_one_member_for_two(table: LicenceStore) -> None:
    session = "" if table.session_header else table.session_member
    of_check = [
        *(table.id_member, table.id_type_member, table.name_member),
        *(table.from_member, table.until_member, table.use_member, session),
    ]
    of_data = [table.code_member, table.type_member, table.use_member, session]
    for stated in (of_check, of_data, [table.account_member, table.password_member]):
        members = [name for name in stated if name]
        if len(set(members)) < len(members):
            raise ManifestError(
                "[licence_store] sends two things in one member: give the members "
                "names of their own"
            )


def members_of(table: LicenceStore) -> frozenset[str]:
    """Return the members of questions that stand for something already."""
    return frozenset(
        {
            *(table.code_member, table.type_member, table.id_member),
            *(table.id_type_member, table.name_member, table.use_member),
            *(table.from_member, table.until_member, table.session_member),
        }
        - {""}
    )


def in_words(why: str) -> str:
    """Return why a manifest is none, with more words where it asks for SOAP."""
    if "endpoint.protocol" in why and _SOAP.search(why):
        return (
            "endpoint.protocol asks for SOAP, which is not spoken: its documents would "
            "be parsed before anything is believed, and no parser is kept for that. "
            "Name a JSON protocol; the exchanges offer one beside the SOAP address"
        )
    return why


def refuse_soap_address(name: str, url: str) -> None:
    """Refuse the address of a SOAP service, which would answer in XML.

    Raises:
        ManifestError: the message calls it by ``name``.
    """
    path, _, query = url.lower().partition("?")
    if query == "wsdl" or path.endswith((".wsdl", ".asmx")):
        raise ManifestError(
            f"{name} is the address of a SOAP service, and SOAP is not spoken; give "
            "the address of the same service in JSON"
        )
