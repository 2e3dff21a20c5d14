"""Ask a gateway for a credential: what ``gateway evidence credential`` sends."""

import ssl
from dataclasses import dataclass, field

import msgspec

from bureau.caller import Purpose
from bureau.credentials.issuing import CredentialForm
from gateway.client import GraphError, NotAnsweredError, post
from gateway.errors import StartError
from gateway.unreached import NotReachedError

TIMEOUT_SECONDS = 30.0
QUERY = """\
mutation IssueCredential(
  $certificate: ID!, $form: CredentialForm!, $holderKey: String
) {
  issueCredential(certificate: $certificate, form: $form, holderKey: $holderKey) {
    __typename
    ... on Credential { text expiresAt statusList index }
    ... on CredentialRefused { code message(language: EN) }
  }
}
"""
"""Trusted from the start (``gateway.documents.trusted``)."""


class _Outcome(msgspec.Struct):
    """What the graph gives: a credential, or why there is none."""

    text: str | None = None
    code: str = ""
    message: str = ""


class _Data(msgspec.Struct, rename="camel"):
    issue_credential: _Outcome | None = None


class _Body(msgspec.Struct):
    data: _Data | None = None
    errors: tuple[GraphError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who asks, at which gateway, for which case."""

    url: str
    token: str = field(repr=False)
    case: str
    tls: ssl.SSLContext | None = None


def ask_for(
    office: Office, certificate: str, form: CredentialForm, holder_key: str | None
) -> str:
    """Return a credential of ``certificate`` for the holder who asks ``office``.

    Raises:
        StartError: none is given; the message says why.
    """
    question = {
        "query": QUERY,
        "variables": {
            "certificate": certificate,
            "form": form,
            "holderKey": holder_key,
        },
        "extensions": {
            "purpose": Purpose.HOLDER_REQUEST,
            "caseNumber": office.case,
        },
    }
    try:
        _, text = post(
            office.url,
            office.token,
            msgspec.json.encode(question),
            timeout_seconds=TIMEOUT_SECONDS,
            tls=office.tls,
        )
        body = msgspec.json.decode(text, type=_Body)
    except (NotReachedError, NotAnsweredError, msgspec.MsgspecError) as error:
        raise StartError(f"no credential: {error}") from None
    found = None if body.data is None else body.data.issue_credential
    if found is not None and found.text is not None:
        return found.text
    refusals = [error.message for error in body.errors]
    if found is not None:
        refusals.append(f"{found.code}: {found.message}")
    raise StartError(f"no credential: {'; '.join(refusals) or 'no answer'}")
