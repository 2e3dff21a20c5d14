"""The SignedData of GB/T 35275 around one signature, read strictly.

Products that sign for agencies (签名验签服务器) put a signature into this envelope. It
is read for the one signature in it: which key is meant the header says by ``kid``, so
the certificates and the signer's serial number that come along vouch for nothing and
are not looked at, beyond being DER. What could change what is signed is refused.
"""

from signing.sm2 import der
from signing.sm2.der import DerError, Reader

SIGNED_DATA = bytes.fromhex("2a811ccf550601040202")  # 1.2.156.10197.6.1.4.2.2
DATA = bytes.fromhex("2a811ccf550601040201")  # 1.2.156.10197.6.1.4.2.1
SM3 = bytes.fromhex("2a811ccf55018311")  # 1.2.156.10197.1.401
SM2_SIGN = bytes.fromhex("2a811ccf5501822d01")  # 1.2.156.10197.1.301.1
SM2_WITH_SM3 = bytes.fromhex("2a811ccf55018375")  # 1.2.156.10197.1.501
VERSION = 1

_CONTENT = der.CONTEXT | 0
_CERTIFICATES = der.CONTEXT | 0
_CRLS = der.CONTEXT | 1
_AUTHENTICATED = der.CONTEXT | 0
_WHAT = "SignedData"


def signature_of(spelt: bytes, signed: bytes) -> bytes:
    """Return the signature, in DER, of a SignedData over exactly ``signed``.

    Raises:
        DerError: it is no SignedData of one signer over ``signed``, not DER, or has
            revocation lists or attributes.
    """
    der.require_der(spelt, _WHAT)
    outer = Reader(spelt, _WHAT)
    info = outer.within(der.SEQUENCE)
    outer.end()
    _require_type(info.take(der.OBJECT_IDENTIFIER), SIGNED_DATA, "content type")
    explicit = info.within(der.CONTEXT | 0)
    info.end()
    data = explicit.within(der.SEQUENCE)
    explicit.end()
    if (version := data.integer()) != VERSION:
        raise DerError(f"{_WHAT}: version {version}, {VERSION} expected")
    digests = data.within(der.SET)
    _require_algorithm(digests, "digest", SM3)
    digests.end()
    _read_content(data.within(der.SEQUENCE), signed)
    if data.next_tag() == _CERTIFICATES:
        data.take(_CERTIFICATES)
    if data.next_tag() == _CRLS:
        raise DerError(f"{_WHAT}: revocation lists (CRLs), none allowed")
    signers = data.within(der.SET)
    data.end()
    signature = _read_signer(signers.within(der.SEQUENCE))
    if signers.next_tag() is not None:
        raise DerError(f"{_WHAT}: more than one signer, 1 expected")
    return signature


def _read_content(content: Reader, signed: bytes) -> None:
    _require_type(content.take(der.OBJECT_IDENTIFIER), DATA, "type of the content")
    if content.next_tag() is None:
        return
    explicit = content.within(_CONTENT)
    content.end()
    if explicit.take(der.OCTET_STRING) != signed:
        raise DerError(f"{_WHAT}: its content is not what is signed here")
    explicit.end()


def _read_signer(signer: Reader) -> bytes:
    if (version := signer.integer()) != VERSION:
        raise DerError(f"{_WHAT}: version {version} of a signer, {VERSION} expected")
    signer.take(der.SEQUENCE)  # issuer and serial number: kid says whose it is
    _require_algorithm(signer, "digest", SM3)
    if signer.next_tag() == _AUTHENTICATED:
        raise DerError(f"{_WHAT}: authenticated attributes; sign the content itself")
    _require_algorithm(signer, "signature", SM2_SIGN, SM2_WITH_SM3)
    signature = signer.take(der.OCTET_STRING)
    if signer.next_tag() is not None:
        raise DerError(f"{_WHAT}: attributes after the signature, none allowed")
    return signature


def _require_type(found: bytes, expected: bytes, what: str) -> None:
    if found != expected:
        raise DerError(f"{_WHAT}: its {what} is none of GB/T 35275")


def _require_algorithm(reader: Reader, what: str, *allowed: bytes) -> None:
    """Require an AlgorithmIdentifier without parameters, or with NULL for some."""
    algorithm = reader.within(der.SEQUENCE)
    if algorithm.take(der.OBJECT_IDENTIFIER) not in allowed:
        raise DerError(f"{_WHAT}: another {what} algorithm than SM2 with SM3")
    if algorithm.next_tag() is not None and algorithm.take(der.NULL):
        raise DerError(f"{_WHAT}: a NULL that holds something")
    algorithm.end()
