"""Sign with a key in a token, by the vendor's PKCS#11 module.

A key is found by its label. Each thread has a session of its own, opened when it first
signs, closed when it failed: a token that was away is used again once it is back. A
module knows the tokens that were there when it was initialized, so it is initialized
anew if a token is missing and nobody has a session.
"""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import cast

import pkcs11
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, PKCS11Error
from pkcs11._pkcs11 import lib as Library  # noqa: N812 - a class by its kind
from pkcs11.exceptions import (
    MultipleObjectsReturned,
    NoSuchKey,
    NoSuchToken,
    PinIncorrect,
    PinLocked,
    UserAlreadyLoggedIn,
)
from pkcs11.types import SignMixin

from gateway.errors import StartError
from gateway.providers.public_halves import PublicHalf, public_half_of
from signing.algorithms import Algorithm
from signing.held import ProviderError, Trouble

_REFUSED = (PinIncorrect, PinLocked, NoSuchKey, MultipleObjectsReturned)
_KEY_TYPES: Mapping[Algorithm, KeyType] = {
    Algorithm.ED25519: KeyType.EC_EDWARDS,
    Algorithm.ES256: KeyType.EC,
}
_OCTETS = 0x04
READ_SECONDS = 10.0
"""How long what a token keeps beside its keys may take to be read."""


class Module:
    """A vendor's library, which is one a process, and who has sessions of it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lib: Library | None = None
        self._lock = threading.Lock()
        self._sessions = 0

    def open(self, label: str, pin: Callable[[], str]) -> pkcs11.Session:
        """Return a session of a token, logged in.

        Raises:
            PKCS11Error: there is none.
            RuntimeError, OSError: there is no such library.
            StartError: the PIN cannot be read.
        """
        with self._lock:
            token = self._token(label)
            try:
                session = token.open(user_pin=pin())
            except UserAlreadyLoggedIn:
                # By another session of this process; a log-in holds for all of them.
                session = token.open()
            self._sessions += 1
            return session

    def close(self, session: pkcs11.Session) -> None:
        """Close a session, whatever became of it."""
        with self._lock:
            self._sessions -= 1
            with suppress(PKCS11Error):
                session.close()

    def _token(self, label: str) -> pkcs11.Token:
        if self._lib is None:
            self._lib = pkcs11.lib(self._path)
        try:
            return self._lib.get_token(token_label=label)
        except NoSuchToken:
            if self._sessions:
                raise
            self._lib.reinitialize()
            return self._lib.get_token(token_label=label)


class Token:
    """A token of a module, and the threads that wait for it."""

    def __init__(
        self, module: Module, label: str, pin: Callable[[], str], sessions: int
    ) -> None:
        self._module = module
        self._label = label
        self._pin = pin
        self._own = threading.local()
        self._opened: list[pkcs11.Session] = []
        self._is_closed = False
        self._threads = ThreadPoolExecutor(sessions, f"pkcs11-{label}")

    async def sign(self, name: str, algorithm: Algorithm, data: bytes) -> bytes:
        """Return a bare signature by the key of that label.

        Raises:
            ProviderError: there is none.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, self._sign, name, algorithm, data
        )

    def public_half(self, name: str) -> PublicHalf:
        """Return the public key that lies beside a private one; waits for it.

        Raises:
            ProviderError: there is none of that label that may sign.
        """
        with self._session() as session:
            found = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=name)
            half = public_half_of(_public_key(cast("pkcs11.PublicKey", found)))
        if half is None:
            raise ProviderError(
                Trouble.REFUSED,
                f"the key {name!r} is neither Ed25519 nor on P-256",
            )
        return half

    def data(self, name: str) -> bytes:
        """Return the data object of that label, which lies beside the keys.

        A token that says nothing is waited for ``READ_SECONDS``, and no longer.

        Raises:
            ProviderError: there is none, there are several, or the token is away.
        """
        try:
            return self._threads.submit(self._data, name).result(READ_SECONDS)
        except TimeoutError:
            raise ProviderError(
                Trouble.AWAY,
                f"the token {self._label!r}: no answer within {READ_SECONDS:g} s",
            ) from None

    def _data(self, name: str) -> bytes:
        wanted = {Attribute.CLASS: ObjectClass.DATA, Attribute.LABEL: name}
        with self._session() as session:
            found = list(session.get_objects(wanted))
            values = [bytes(one[Attribute.VALUE]) for one in found]
        if len(values) != 1:
            raise ProviderError(
                Trouble.REFUSED, f"{len(values)} data objects are called {name!r}"
            )
        return values[0]

    def close(self) -> None:
        """Close every session; a thread that waits for the token is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._is_closed = True
        self._close_sessions()

    def _close_sessions(self) -> None:
        with suppress(IndexError):  # that another thread took the last of
            while self._opened:
                self._module.close(self._opened.pop())

    def _sign(self, name: str, algorithm: Algorithm, data: bytes) -> bytes:
        kind = _KEY_TYPES.get(algorithm)
        if kind is None:
            raise ProviderError(
                Trouble.REFUSED, f"{algorithm} is none that PKCS#11 has"
            )
        with self._session() as session:
            found = session.get_key(
                object_class=ObjectClass.PRIVATE_KEY, key_type=kind, label=name
            )
            key = cast("SignMixin", found)
            if algorithm is Algorithm.ED25519:
                return bytes(key.sign(data, mechanism=Mechanism.EDDSA))
            digest = hashlib.sha256(data).digest()
            return bytes(key.sign(digest, mechanism=Mechanism.ECDSA))

    @contextmanager
    def _session(self) -> Iterator[pkcs11.Session]:
        """Give this thread's session; what fails in it is the provider's error."""
        session: pkcs11.Session | None = getattr(self._own, "session", None)
        try:
            if session is None:
                session = self._module.open(self._label, self._pin)
                self._own.session = session
                self._opened.append(session)
                if self._is_closed:
                    # Nobody waited so long for the token, and nobody else closes it.
                    self._close_sessions()
                    raise ProviderError(
                        Trouble.AWAY, f"the token {self._label!r}: closed meanwhile"
                    )
            yield session
        except _REFUSED as error:
            raise ProviderError(
                Trouble.REFUSED, f"the token {self._label!r}: {type(error).__name__}"
            ) from None
        except StartError:
            raise ProviderError(
                Trouble.REFUSED, f"the token {self._label!r}: its PIN cannot be read"
            ) from None
        except (PKCS11Error, RuntimeError, OSError) as error:
            if session is not None and session in self._opened:
                self._opened.remove(session)
                self._own.session = None
                self._module.close(session)
            raise ProviderError(
                Trouble.AWAY, f"the token {self._label!r}: {type(error).__name__}"
            ) from None


class Pkcs11Key:
    """A key in a token."""

    def __init__(self, token: Token, name: str, half: PublicHalf) -> None:
        self._token = token
        self._name = name
        self.kid = half.kid
        self.algorithm = half.algorithm
        self.public_key = half.public_key

    async def sign(self, data: bytes) -> bytes:
        """See ``HeldKey.sign``."""
        return await self._token.sign(self._name, self.algorithm, data)


def _public_key(
    found: pkcs11.PublicKey,
) -> Ed25519PublicKey | EllipticCurvePublicKey | None:
    """Return a token's public key; its point is an OCTET STRING in DER."""
    point = bytes(found[Attribute.EC_POINT])
    if point[:1] == bytes((_OCTETS,)) and point[1:2] == bytes((len(point) - 2,)):
        point = point[2:]
    try:
        if found.key_type is KeyType.EC_EDWARDS:
            return Ed25519PublicKey.from_public_bytes(point)
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:
        return None
