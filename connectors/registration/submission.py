"""Read what an agency submits, and check everything that needs no asking.

The manifest is the one of ``connectors.manifest``, word for word, so that what was
tried with the conformance kit is what is registered. A social credit code that does
not check is warned of and not refused: some lawful old codes do not.
"""

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec

from connectors.conformance.plan import Plan, PlanError, read_plan
from connectors.decoding.decode import Decoder
from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from connectors.manifest_endpoint import Protocol
from connectors.network.addresses import AddressError, judge
from connectors.network.networks import Network
from connectors.protocols.envelopes import EnvelopeFinder
from connectors.protocols.graphql import entities_query
from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registry import require_known_bodies
from policy.catalogue import Catalogue
from policy.evidence import AccountState
from policy.identifiers import social_credit_code_warnings
from policy.identity_numbers import has_identity_number
from policy.normal_form import is_blank
from policy.text import Text

MAX_BYTES = 64_000
"""The largest submission, all its texts together."""
MAX_CONTACTS = 10
NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no database keeps as it is: the end of a text, and halves of characters."""
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact of the agency: an office rather than a person."""

    name: Word
    phone: Annotated[str, msgspec.Meta(max_length=200)] = ""
    email: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an agency states about its connector but its keys."""

    credit_code: str
    items: tuple[str, ...]
    """The annex rows it claims, by code."""
    contacts: tuple[Contact, ...]
    manifest: str
    """The manifest, as TOML: endpoint, protocol, mapping and limits."""
    plan: str | None = None
    """The people the conformance kit asks about, as TOML; needed to be checked."""
    replaces: str | None = None
    """The connector whose place this one is to take."""


def require_size(submission: Submission) -> None:
    """Refuse what is too large before anything reads it.

    Raises:
        RegistrationError: ``SUBMISSION_TOO_LARGE``.
    """
    texts = _texts(submission)
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    if size > MAX_BYTES:
        raise RegistrationError(
            RefusalCode.SUBMISSION_TOO_LARGE, f"{size} bytes, at most {MAX_BYTES}"
        )


def is_text(words: str) -> bool:
    """Say whether every database keeps ``words`` as they are."""
    return NO_TEXT.search(words) is None


def _texts(submission: Submission) -> tuple[str, ...]:
    return (
        submission.credit_code,
        submission.manifest,
        submission.plan or "",
        submission.replaces or "",
        *submission.items,
        *(f"{c.name}{c.phone}{c.email}" for c in submission.contacts),
    )


def read_submission(
    submission: Submission, catalogue: Catalogue, networks: Sequence[Network]
) -> Manifest:
    """Return the manifest of a submission that can be used.

    Which rows the body may claim is ``require_rows``'s to say.

    Raises:
        RegistrationError: it is too large, or something in it cannot be used.
    """
    require_size(submission)
    if not all(map(is_text, _texts(submission))):
        raise _unusable("a text has characters that are none")
    try:
        manifest = read_manifest(submission.manifest)
        _require_somebody_to_ask(manifest)
        _require_addresses(manifest, networks)
        require_known_bodies(manifest, catalogue)
        _require_expressions(manifest, catalogue)
        msgspec.convert(msgspec.to_builtins(submission), Submission)
    except ManifestError as error:
        raise _unusable(f"manifest: {error}") from None
    except msgspec.ValidationError as error:
        raise _unusable(str(error)) from None
    if manifest.account is not AccountState.ACTIVE:
        raise _unusable("manifest: account is the operator's to say; leave it out")
    if not submission.items:
        raise _unusable("items: claim at least one row of the annex")
    _require_nobody_named(submission)
    _require_contacts(submission.contacts)
    if submission.plan is not None:
        plan_of(submission)
    return manifest


def _require_nobody_named(submission: Submission) -> None:
    """Refuse what would keep a person's number; the plan has those of its test people.

    Raises:
        RegistrationError: ``SUBMISSION_UNUSABLE``.
    """
    if has_identity_number(submission.manifest):
        raise _unusable("manifest: it has an identity number; leave it out")
    # A code that checks is an organisation's, whatever it looks like.
    if warnings_of(submission) and has_identity_number(submission.credit_code):
        raise _unusable("creditCode: it is an identity number; state the body's code")


def _require_contacts(contacts: Sequence[Contact]) -> None:
    """Refuse no contacts, too many, and whatever would keep a person's number.

    Raises:
        RegistrationError: ``SUBMISSION_UNUSABLE``.
    """
    if not 0 < len(contacts) <= MAX_CONTACTS:
        raise _unusable(f"contacts: name 1 to {MAX_CONTACTS}")
    if any(is_blank(contact.name) for contact in contacts):
        raise _unusable("contacts: one has no name")
    stated = (text for c in contacts for text in (c.name, c.phone, c.email))
    if any(map(has_identity_number, stated)):
        raise _unusable("contacts: one has an identity number; leave it out")


def _require_addresses(manifest: Manifest, networks: Sequence[Network]) -> None:
    """Refuse an address at which no registered agency may be, wherever it is used.

    Raises:
        RegistrationError: there is one; it is named.
    """
    listed = manifest.status_list.url
    more = {} if listed is None else {"status_list.url": listed}
    for name, url in (manifest.addresses | more).items():
        try:
            judge(url, networks)
        except AddressError as error:
            raise RegistrationError(
                RefusalCode.ADDRESS_REFUSED, f"{name}: {error.problem}"
            ) from None


def _require_somebody_to_ask(manifest: Manifest) -> None:
    """Refuse what no kit can check: an agency that only sends is the operator's to add.

    Raises:
        ManifestError: nobody would be asked.
    """
    if manifest.endpoint.protocol is Protocol.COLLECTED:
        raise ManifestError(
            "endpoint.protocol is 'collected': there is nobody whom the kit could "
            "ask; have the operator add the manifest"
        )


def plan_of(submission: Submission) -> Plan:
    """Return whom the kit asks about.

    Raises:
        RegistrationError: ``PLAN_UNUSABLE``.
    """
    try:
        return read_plan(submission.plan or "")
    except PlanError as error:
        raise RegistrationError(RefusalCode.PLAN_UNUSABLE, str(error)) from None


def require_rows(
    submission: Submission, manifest: Manifest, catalogue: Catalogue
) -> None:
    """Refuse rows that the annex does not give to the collection body.

    Raises:
        RegistrationError: ``ITEMS_OF_ANOTHER``.
    """
    foreign = [
        code
        for code in submission.items
        if code not in catalogue.items
        or catalogue.items[code].collection_body.id != manifest.collection_body
        or catalogue.items[code].authority.id != manifest.authority
    ]
    if foreign:
        raise RegistrationError(
            RefusalCode.ITEMS_OF_ANOTHER, ", ".join(map(ascii, foreign))
        )


def warnings_of(submission: Submission) -> tuple[Text, ...]:
    """Say what is odd, and not refused."""
    return social_credit_code_warnings(submission.credit_code)


def _require_expressions(manifest: Manifest, catalogue: Catalogue) -> None:
    """Compile every expression once, as answering will."""
    Decoder(manifest, catalogue)
    EnvelopeFinder(manifest.response)
    if manifest.endpoint.protocol is Protocol.GRAPHQL:
        entities_query(manifest)


def _unusable(detail: str) -> RegistrationError:
    return RegistrationError(RefusalCode.SUBMISSION_UNUSABLE, detail)
