"""SM2 by the OpenSSL that Python itself runs on: ``docs/decisions/sm2.md``.

``cryptography`` knows SM3 but no key on SM2's curve, and its OpenSSL cannot be reached
from outside. So the library is opened here, when the first key of SM2 is trusted, and
asked for two things: whether ``(r, s)`` is a signature of a digest, and, for sandbox
and tests, for one. Digests, with the signer's id in them, are made by ``keys``, so that
a library's opinion on ids does not matter. A call lets go of the interpreter's lock.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_void_p
from functools import cache

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from signing.errors import TrustBundleError

NAMES = (
    *("libcrypto.so.3", "libcrypto.so.4"),
    *("libcrypto.3.dylib", "libcrypto.4.dylib"),
    *("libcrypto-3-x64.dll", "libcrypto-3.dll"),
)
"""Where OpenSSL is looked for. Whole names: macOS ends a process that opens its own,
unversioned one."""
_FUNCTIONS: tuple[tuple[str, type | None, tuple[type, ...]], ...] = (
    ("d2i_PUBKEY", c_void_p, (c_void_p, POINTER(c_char_p), c_long)),
    ("d2i_AutoPrivateKey", c_void_p, (c_void_p, POINTER(c_char_p), c_long)),
    ("EVP_PKEY_free", None, (c_void_p,)),
    ("EVP_PKEY_CTX_new", c_void_p, (c_void_p, c_void_p)),
    ("EVP_PKEY_CTX_free", None, (c_void_p,)),
    ("EVP_PKEY_verify_init", c_int, (c_void_p,)),
    ("EVP_PKEY_verify", c_int, (c_void_p, *(c_char_p, c_size_t) * 2)),
    ("EVP_PKEY_sign_init", c_int, (c_void_p,)),
    (
        "EVP_PKEY_sign",
        c_int,
        (c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t),
    ),
    ("ERR_clear_error", None, ()),
)
_MAX_SIGNATURE = 80


class NoSm2Error(TrustBundleError):
    """There is no OpenSSL here that knows SM2."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"SM2 needs the shared library of OpenSSL 3 built with SM2; {found}. "
            "Debian, Ubuntu, Alpine and openEuler have it (apt-get install libssl3, "
            "apk add libcrypto3, dnf install openssl-libs), Red Hat builds it without"
        )


@cache
def opened() -> ctypes.CDLL:
    """Open OpenSSL, by preference the one that Python's ``ssl`` has opened already."""
    for name in NAMES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        for function, result, arguments in _FUNCTIONS:
            try:
                declared = getattr(library, function)
            except AttributeError:
                raise NoSm2Error(f"{name} has no {function}") from None
            declared.restype, declared.argtypes = result, arguments
        return library
    raise NoSm2Error(f"none of {', '.join(NAMES)} was found")


class Key:
    """A key as OpenSSL holds it.

    Raises:
        NoSm2Error: there is no library, or it reads no key on this curve.
    """

    def __init__(self, spelt: bytes, *, is_private: bool = False) -> None:
        """Read DER: a SubjectPublicKeyInfo, or a PrivateKeyInfo."""
        self._openssl = openssl = opened()
        read = openssl.d2i_AutoPrivateKey if is_private else openssl.d2i_PUBKEY
        self._key = read(None, byref(c_char_p(spelt)), len(spelt))
        if not self._key:
            openssl.ERR_clear_error()
            raise NoSm2Error("the one that was found reads no such key")

    def __del__(self) -> None:
        if getattr(self, "_key", None):
            self._openssl.EVP_PKEY_free(self._key)

    def verifies(self, digest: bytes, r: int, s: int) -> bool:
        """Say whether ``(r, s)``, both from 1 to n - 1, is a signature of a digest."""
        signature = encode_dss_signature(r, s)
        openssl = self._openssl
        context = openssl.EVP_PKEY_CTX_new(self._key, None)
        try:
            is_right: bool = (
                openssl.EVP_PKEY_verify_init(context) == 1
                and openssl.EVP_PKEY_verify(
                    context, signature, len(signature), digest, len(digest)
                )
                == 1
            )
        finally:
            openssl.EVP_PKEY_CTX_free(context)
        if not is_right:
            # What is wrong stands in a queue of this thread's, which grows unread.
            openssl.ERR_clear_error()
        return is_right

    def sign(self, digest: bytes) -> bytes:
        """Return a signature of a digest, in DER."""
        openssl = self._openssl
        room, size = ctypes.create_string_buffer(_MAX_SIGNATURE), c_size_t(80)
        context = openssl.EVP_PKEY_CTX_new(self._key, None)
        try:
            openssl.EVP_PKEY_sign_init(context)
            done = openssl.EVP_PKEY_sign(
                context, room, byref(size), digest, len(digest)
            )
        finally:
            openssl.EVP_PKEY_CTX_free(context)
        if done != 1:
            openssl.ERR_clear_error()
            raise NoSm2Error("the one that was found does not sign")
        return room.raw[: size.value]
