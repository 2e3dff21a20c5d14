"""Where a registry has pictures of a licence: references, which nobody here follows."""

import strawberry

from bureau.caller import Scope
from connectors.answer import ShownCertificate, UnsignedCertificate
from connectors.connector import FileKind
from resolvers.bilingual import both, described_enum

described_enum(
    FileKind,
    both("证照文件的种类", "What kind of picture of a licence it is"),
    {
        FileKind.LICENCE: both("证照文件", "The licence itself"),
        FileKind.THUMBNAIL: both("缩略图", "A smaller picture of it"),
    },
)


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "证照文件的引用，如登记机构所述；网关不予下载，也不为其发送任何凭据",
        "A reference to a picture of a licence, as its registry states it; the gateway "
        "fetches none, and sends no credentials for it",
    ),
)
class LicenceFile:
    """A reference."""

    kind: FileKind = strawberry.field(description=both("种类", "What it is of"))
    reference: str = strawberry.field(
        description=both(
            "引用：地址或登记机构的编号",
            "An address, or the registry's own name for it",
        )
    )


def shown_files(certificate: ShownCertificate) -> list[LicenceFile]:
    """Return the references beside a row that nobody signed."""
    if not isinstance(certificate, UnsignedCertificate):
        return []
    return [
        LicenceFile(kind=one.kind, reference=one.reference) for one in certificate.files
    ]
