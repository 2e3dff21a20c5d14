"""Issue credentials: judge the certificate, take a place in a list, and sign."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bureau.certificate_ids import CertificateIds
from bureau.credentials.forms import OPEN_BADGE, Terms, open_badge, sd_jwt_vc
from bureau.credentials.holder_key import HolderKey
from bureau.credentials.issuing import (
    CredentialForm,
    CredentialRefusal,
    IssuedCredential,
    NotIssuedError,
)
from bureau.documents import document_of_certificate
from bureau.privacy.pseudonyms import Pseudonyms
from bureau.versions.held import Versions
from bureau.versions.memory import said_of
from connectors.answer import AttestedCertificate
from policy.calendar import SHANGHAI
from policy.catalogue import Catalogue, Item
from policy.certificate import CertificateRecord
from policy.evidence import AccountState
from policy.row import row_of
from policy.standing import Standing, standing
from signing.held import AwaitedSigner
from signing.sd_jwt import TYPE as SD_JWT_VC
from signing.signer import SignerError
from store.credentials.issued import NewCredential, NotInForceError, StoredCredentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """Implements ``bureau.credentials.issuing.Credentials``."""

    issuer: str
    days: int
    signer_of: Callable[[str], AwaitedSigner]
    """Returns what signs a type of payload."""
    stored: StoredCredentials
    ids: CertificateIds
    pseudonyms: Pseudonyms
    versions: Versions
    catalogue: Catalogue
    is_offered: bool = True

    async def issue(
        self,
        certificate: AttestedCertificate,
        form: CredentialForm,
        holder_key: HolderKey | None,
        now: datetime,
    ) -> IssuedCredential:
        """See ``Credentials.issue``."""
        item = self._item(certificate, now)
        expires_at = self._end(certificate.record, now)
        new = self._new(certificate, form, now, expires_at)
        try:
            place = await self.stored.issue(new, now.astimezone(SHANGHAI).date())
        except NotInForceError:
            raise NotIssuedError(CredentialRefusal.NOT_VALID) from None
        terms = Terms(
            issuer=self.issuer,
            issued_at=now,
            expires_at=expires_at,
            status_list=f"{self.issuer}/status-lists/{place.number}",
            index=place.idx,
            holder_key=holder_key,
        )
        try:
            text = await self._signed(certificate, form, item, terms)
        except SignerError:
            # Its place stays taken: nobody holds what it is of.
            raise NotIssuedError(CredentialRefusal.NOT_SIGNED) from None
        return IssuedCredential(
            text=text,
            expires_at=expires_at,
            status_list=terms.status_list,
            index=place.idx,
        )

    def _item(self, certificate: AttestedCertificate, now: datetime) -> Item:
        """Return the annex's item, of a certificate that is vouched for and in force.

        Raises:
            NotIssuedError: see there.
        """
        item = row_of(certificate.record, self.catalogue).item
        if item is None:
            raise NotIssuedError(CredentialRefusal.NOT_IN_THE_ANNEX)
        by = certificate.attestation
        is_vouched_for = (
            by.key_in_force is True
            and by.account is AccountState.ACTIVE
            and by.institution == item.collection_body.id
            and item.code in by.scope
        )
        if certificate.as_of is not None or not is_vouched_for:
            raise NotIssuedError(CredentialRefusal.NOT_VERIFIED)
        today = now.astimezone(SHANGHAI).date()
        if standing(certificate.record, today, today) is not Standing.VALID:
            raise NotIssuedError(CredentialRefusal.NOT_VALID)
        return item

    def _end(self, record: CertificateRecord, now: datetime) -> datetime:
        """Return when a credential ends: with certificate or review, if not before."""
        end = now + timedelta(days=self.days)
        for last_day in (record.valid_until, record.review_due_on):
            if last_day is not None:
                over = datetime.combine(last_day + timedelta(1), time.min, SHANGHAI)
                end = min(end, over)
        return end.astimezone(now.tzinfo).replace(microsecond=0)

    def _new(
        self,
        certificate: AttestedCertificate,
        form: CredentialForm,
        now: datetime,
        expires_at: datetime,
    ) -> NewCredential:
        record, proof = certificate.record, certificate.proof
        of_all = (certificate, *certificate.supersedes)
        return NewCredential(
            form=form,
            certificate=self.ids.seal(certificate),
            person=self.pseudonyms.of(record.holder),
            documents=[document_of_certificate(self.ids, one) for one in of_all],
            version_marks=[*self.versions.as_seen(record, proof, now)],
            said=said_of(record),
            signed_at=proof.signed_at,
            issued_at=now,
            expires_at=expires_at,
        )

    async def _signed(
        self,
        certificate: AttestedCertificate,
        form: CredentialForm,
        item: Item,
        terms: Terms,
    ) -> str:
        match form:
            case CredentialForm.SD_JWT_VC:
                made = sd_jwt_vc(certificate, item, terms)
                signer = self.signer_of(SD_JWT_VC)
                return made.issued(await signer.sign(made.payload, terms.issued_at))
            case CredentialForm.OPEN_BADGE:
                payload = open_badge(certificate, item, terms)
                signer = self.signer_of(OPEN_BADGE)
                return (await signer.sign(payload, terms.issued_at)).decode()
