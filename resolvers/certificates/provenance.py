"""The provenance of a certificate in the graph: its proof, and its bytes."""

import base64
from datetime import datetime
from enum import Enum

import strawberry

from bureau.caller import Scope
from connectors.answer import ShownCertificate, UnsignedCertificate
from policy.catalogue import load_catalogue
from policy.row import row_of
from resolvers.bilingual import both
from resolvers.certificates.checks import CheckMade, checks_shown
from resolvers.context import Info
from resolvers.documents.directives import list_of
from resolvers.enums import Check


@strawberry.enum(
    description=both("来源核验的结论", "The verdict on where a certificate comes from")
)
class ProvenanceVerdict(Enum):
    """The verdict on what is shown; what was refused is under a source."""

    VERIFIED = strawberry.enum_value(
        "VERIFIED",
        description=both(
            "签名的每项核验均通过；未通过的内容不作为证书显示，见 Source.refusals",
            "Every check of its signature passed; what failed one is no certificate, "
            "see Source.refusals",
        ),
    )
    UNSIGNED = strawberry.enum_value(
        "UNSIGNED",
        description=both(
            "无人签名：仅供参考，不据以判断或支付；须有 unsigned:read 权限方予显示",
            "Nobody signed it: it is shown to callers with unsigned:read, and decides "
            "and pays nothing",
        ),
    )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "证书由谁签名担保，以及可供日后复核的原始字节",
        "Who vouches for a certificate, and the exact bytes to check it again later",
    ),
)
class Provenance:
    """The proof beside a certificate."""

    certificate: strawberry.Private[ShownCertificate]
    verdict: ProvenanceVerdict = strawberry.field(description=both("结论", "Verdict"))
    key_id: str | None = strawberry.field(
        description=both(
            "签名密钥编号（kid）；无人签名则为空",
            "The signing key's id (JOSE kid); null if nobody signed",
        )
    )
    algorithm: str | None = strawberry.field(
        description=both(
            "签名算法（JOSE alg），由密钥决定；无人签名则为空",
            "The signature algorithm (JOSE alg), decided by the key; null if nobody "
            "signed",
        )
    )
    signed_at: datetime | None = strawberry.field(
        description=both(
            "签名时间；无人签名则为空", "When the agency signed; null if nobody did"
        )
    )
    retrieved_at: datetime = strawberry.field(
        description=both("取得时间", "When the gateway received the bytes")
    )
    as_of: datetime | None = strawberry.field(
        description=both(
            "机构目前未作答、以此前已核验的记录代答时，该记录核验的时间，此后的撤销未知；"
            "否则为空",
            "Where the agency does not answer now and its record stands in, when that "
            "was verified: no revocation after it is known; else null",
        )
    )
    collected_at: datetime | None = strawberry.field(
        description=both(
            "归集时间：机构主动报送此记录的时间；为空则系本次或近期查询所得",
            "When the agency sent the record before anybody asked; null if it was "
            "asked",
        )
    )
    sequence: int | None = strawberry.field(
        description=both(
            "归集序号，由机构编排；查询所得则为空",
            "The number under which the agency sent it; null if it was asked",
        )
    )

    @strawberry.field(
        directives=[list_of(8)],
        description=both(
            "各项核验及其结果：每项一条，含未作和未知的",
            "Each check and how it ended: one entry a check, also where it was not "
            "made or is not known",
        ),
    )
    def checks(self, info: Info) -> list[CheckMade]:
        """Return how each check ended, from what is kept beside the certificate."""
        return checks_shown(self.certificate, info.context.services, info.context.today)

    @strawberry.field(
        directives=[list_of(15)],
        description=both(
            "签名核验的各步骤，均已通过，按执行顺序",
            "The steps of the signature's verification that passed, in the order made",
        ),
    )
    def steps(self) -> list[Check]:
        """Return every check of ``signing``; scope only where there is a row."""
        if isinstance(self.certificate, UnsignedCertificate):
            return []
        in_annex = row_of(self.certificate.record, load_catalogue()).item is not None
        return [check for check in Check if in_annex or check is not Check.SCOPE]

    @strawberry.field(
        directives=[list_of(2)],
        description=both(
            "同一证书较早签发、已被取代的版本，最近的在前；仅供查证，不据以判断",
            "Older signed versions of the certificate that came with it, the newest "
            "first: kept to be proved, and never judged by",
        ),
    )
    def supersedes(self) -> list["Provenance"]:
        """Return where each older version comes from."""
        if isinstance(self.certificate, UnsignedCertificate):
            return []
        return [provenance_of(older) for older in self.certificate.supersedes]

    @strawberry.field(
        description=both(
            "签名原文的 SHA-256 摘要（十六进制）；无人签名则为空",
            "SHA-256 of the signed envelope, in hexadecimal; null if nobody signed",
        )
    )
    def digest(self) -> str | None:
        """Return the envelope's digest."""
        if isinstance(self.certificate, UnsignedCertificate):
            return None
        return self.certificate.proof.digest.hex()

    @strawberry.federation.field(
        requires_scopes=[[Scope.READ_IDENTITY]],
        description=both(
            "签名（JWS）；body 为空时证书内容在其中；无人签名则为空",
            "The JWS as it came; it holds the payload if body is null; null itself if "
            "nobody signed",
        ),
    )
    def envelope(self) -> str | None:
        """Return the compact or detached JWS."""
        if isinstance(self.certificate, UnsignedCertificate):
            return None
        return self.certificate.envelope.signature.decode("ascii")

    @strawberry.federation.field(
        requires_scopes=[[Scope.READ_IDENTITY]],
        description=both(
            "分离签名（RFC 7797）所覆盖的 HTTP 正文，base64 编码；正文还涉及他人时为空",
            "The HTTP body a detached JWS (RFC 7797) covers, in base64; null if it is "
            "about other people too",
        ),
    )
    def body(self) -> str | None:
        """Return the body of a detached signature; ``None`` for a compact one.

        A body signed for a batch holds what the agency has of everybody in it. It is
        evidence about all of them, and no business of who asked about one.
        """
        certificate = self.certificate
        if isinstance(certificate, UnsignedCertificate) or (
            certificate.is_envelope_shared
        ):
            return None
        body = certificate.envelope.body
        return None if body is None else base64.b64encode(body).decode()


def provenance_of(attested: ShownCertificate) -> Provenance:
    """Return who vouches for ``attested``, or that nobody does."""
    if isinstance(attested, UnsignedCertificate):
        return Provenance(
            certificate=attested,
            verdict=ProvenanceVerdict.UNSIGNED,
            key_id=None,
            algorithm=None,
            signed_at=None,
            retrieved_at=attested.retrieved_at,
            as_of=None,
            collected_at=None,
            sequence=None,
        )
    proof = attested.proof
    collected = attested.collected
    return Provenance(
        certificate=attested,
        verdict=ProvenanceVerdict.VERIFIED,
        key_id=proof.key.kid,
        algorithm=proof.key.algorithm.value,
        signed_at=proof.signed_at,
        retrieved_at=attested.retrieved_at,
        as_of=attested.as_of,
        collected_at=None if collected is None else collected.at,
        sequence=None if collected is None else collected.sequence,
    )
