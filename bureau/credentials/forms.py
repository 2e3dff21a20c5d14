"""Write a certificate as an SD-JWT VC, and as an Open Badge 3.0: the payloads to sign.

An SD-JWT VC (draft-ietf-oauth-sd-jwt-vc) shows what its holder chooses, so everything
that is said of the holder is hidden until then. An Open Badge is read as a whole, so it
has the holder's name and what the annex calls the item, and neither an identity number
nor the certificate's own, which for special operations has the former in it.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bureau.credentials.holder_key import HolderKey
from connectors.answer import AttestedCertificate
from policy.catalogue import Item
from policy.level import LEVEL_NAMES
from signing.sd_jwt import Hidden, hidden

CREDENTIAL_TYPE = "urn:certificate-gateway:vocational-certificate:1"
"""The claim ``vct``."""
OPEN_BADGE = "vc+jwt"
"""The header's ``typ`` of an Open Badge (W3C, Securing VCs using JOSE and COSE)."""
CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a credential says beside the certificate."""

    issuer: str
    issued_at: datetime
    expires_at: datetime
    status_list: str
    index: int
    holder_key: HolderKey | None

    def claims(self) -> dict[str, object]:
        """Return the claims that every form has (RFC 7519, 7800, and the status)."""
        place = {"idx": self.index, "uri": self.status_list}
        claims: dict[str, object] = {
            "iss": self.issuer,
            "iat": int(self.issued_at.timestamp()),
            "exp": int(self.expires_at.timestamp()),
            "status": {"status_list": place},
        }
        if self.holder_key is not None:
            claims["cnf"] = {"jwk": self.holder_key.jwk}
        return claims


def sd_jwt_vc(certificate: AttestedCertificate, item: Item, terms: Terms) -> Hidden:
    """Return the SD-JWT VC of ``certificate``, which is of the annex's ``item``."""
    record = certificate.record
    said: Mapping[str, object] = {
        "name": record.holder_name,
        "id_type": record.holder.type,
        "id_number": record.holder.number,
        "certificate_number": record.number,
        "licence_id": record.licence_id,
        "item_code": item.code,
        "item": item.name.zh,
        "title": record.title,
        "category": record.category,
        "level": record.level,
        "first_issued_on": record.first_issued_on,
        "issued_on": record.issued_on,
        "valid_from": record.valid_from,
        "valid_until": record.valid_until,
        "review_due_on": record.review_due_on,
        "authority": record.authority,
        "evaluation_body": record.evaluation_body,
        "collection_body": item.collection_body.name.zh,
        "record_digest": certificate.envelope.digest.hex(),
    }
    stated = {
        # Days as RFC 3339 has them.
        name: value if isinstance(value, str) else str(value)
        for name, value in said.items()
        if value is not None
    }
    return hidden({**terms.claims(), "vct": CREDENTIAL_TYPE}, stated)


def open_badge(certificate: AttestedCertificate, item: Item, terms: Terms) -> bytes:
    """Return the payload of an Open Badge; the annex's ``item`` is its achievement."""
    record, id_ = certificate.record, uuid.uuid4().urn
    level = None if record.level is None else LEVEL_NAMES[record.level]
    subject: dict[str, object] = {
        "type": ["AchievementSubject"],
        "achievement": {
            "id": f"urn:certificate-gateway:item:{item.code}",
            "type": ["Achievement"],
            "achievementType": "Certification",
            "name": item.name.zh if level is None else f"{item.name.zh} {level.zh}",
            "description": item.name.en
            if level is None
            else f"{item.name.en}, {level.en}",
            "humanCode": item.code,
            "criteria": {"narrative": f"{item.title.zh} / {item.title.en}"},
            "creator": {
                "id": f"urn:certificate-gateway:body:{item.evaluation_body.id}",
                "type": ["Profile"],
                "name": item.evaluation_body.name.zh,
            },
        },
    }
    if record.holder_name is not None:
        name = {
            "type": "IdentityObject",
            "hashed": False,
            "identityHash": record.holder_name,
            "identityType": "name",
        }
        subject["identifier"] = [name]
    claims = {**terms.claims(), "jti": id_, "nbf": int(terms.issued_at.timestamp())}
    if terms.holder_key is not None:
        subject["id"] = claims["sub"] = terms.holder_key.did
    badge = {
        "@context": CONTEXTS,
        "id": id_,
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": item.name.zh,
        "issuer": {"id": terms.issuer, "type": ["Profile"], "name": terms.issuer},
        "validFrom": _moment(terms.issued_at),
        "validUntil": _moment(terms.expires_at),
        "credentialSubject": subject,
        **claims,
    }
    return json.dumps(badge, ensure_ascii=False, separators=(",", ":")).encode()


def _moment(at: datetime) -> str:
    """Return a moment as XML Schema's dateTimeStamp, in UTC, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
