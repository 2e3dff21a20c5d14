"""TLS by the gateway itself, where no proxy ends it.

With ``client_ca_file`` nobody connects without a certificate of that authority. The
server does not say whose certificate it was: to know a caller by one, or to check a
token that is bound to one, a proxy has to pass it on (``client_certificate_proxies``).
"""

from pathlib import Path
from typing import Self

import msgspec

from gateway.errors import StartError


class Tls(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway's certificate, and whose clients may connect."""

    certificate_file: str
    """The certificate and its chain, PEM."""
    key_file: str
    """The private key, PEM."""
    client_ca_file: str | None = None
    """Authorities, PEM: only clients with a certificate of theirs connect."""

    def in_folder(self, folder: Path) -> Self:
        """Return the options with files taken from ``folder``."""
        ca = self.client_ca_file
        return msgspec.structs.replace(
            self,
            certificate_file=str(folder / self.certificate_file),
            key_file=str(folder / self.key_file),
            client_ca_file=None if ca is None else str(folder / ca),
        )

    def refuse_unreadable(self) -> None:
        """Open the files once.

        Raises:
            StartError: one of them cannot be read.
        """
        for path in (self.certificate_file, self.key_file, self.client_ca_file):
            try:
                if path is not None:
                    Path(path).read_bytes()
            except OSError as error:
                raise StartError(f"tls: {path}: {error.strerror}") from None
