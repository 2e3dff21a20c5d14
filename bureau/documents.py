"""Make the marks by which a document is known: see ``policy.documents``.

They are keyed with the key of certificate ids, which is for good: what was marked years
ago is found again, and nobody without the key finds a number by trying.
"""

from collections.abc import Iterable, Iterator

from bureau.certificate_ids import (
    CertificateIds,
    UnknownIdError,
    item_of,
    printed_name,
)
from connectors.answer import ShownCertificate, UnsignedCertificate
from policy.certificate import CertificateRecord
from policy.documents import Document
from policy.level import Level


def document_of(
    ids: CertificateIds, institution: str, record: CertificateRecord
) -> Document:
    """Return the document of ``record``, which ``institution`` signed."""
    code, own = record.item_code, record.own_item_code
    holder = record.holder
    place, former = ids.places(record)
    return Document(
        place=place,
        # Of its holder: registries were seen that give one number to two people.
        number=ids.mark_of(
            "number", institution, holder.type, holder.number, record.number
        ),
        serial=ids.mark_of("serial", institution, record.number),
        code=None if code is None else ids.mark_of_word("code", code),
        own_code=None if own is None else ids.mark_of_word("code", own),
        name=ids.mark_of_word("name", printed_name(record.item)),
        level=record.level,
        first_issued_on=record.first_issued_on,
        issued_on=record.issued_on,
        former=former,
    )


def document_of_certificate(
    ids: CertificateIds, certificate: ShownCertificate
) -> Document:
    """Return the document that ``certificate`` is of, whoever signed it, or nobody."""
    if isinstance(certificate, UnsignedCertificate):
        return document_of(ids, certificate.institution, certificate.record)
    institution = certificate.attestation.institution
    return document_of(ids, institution, certificate.record)


def document_of_id(ids: CertificateIds, id_: str) -> Document | None:
    """Return what an id says of a document; ``None`` if it is none of ours."""
    try:
        return Document(place=ids.place_of(id_))
    except UnknownIdError:
        return None


def version_mark(agency: str, row: str | None, record: CertificateRecord) -> str:
    """Return what stays the same of what is sent, whatever is altered: its number.

    Or its licence's. Item and level belong to it, since one number may be that of
    several licences. ``row`` is the annex's, if it is of one.
    """
    number = record.licence_id or record.number
    return _version_mark(agency, number, row or item_of(record), record.level or "")


def licence_marks(agency: str, licence_id: str, rows: Iterable[str]) -> Iterator[str]:
    """Yield every ``version_mark`` that a licence of one of ``rows`` may have."""
    for row in rows:
        for level in ("", *Level):
            yield _version_mark(agency, licence_id, row, level)


def _version_mark(agency: str, number: str, item: str, level: str) -> str:
    return f"collected\x1f{agency}\x1f{number}\x1f{item}\x1f{level}"
