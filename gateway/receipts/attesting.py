"""Make receipts of answers, as they are about to be sent.

A receipt is made in the turn of the loop before the one that sends the answer, and
nothing is waited for if the key is in memory: so are the checkpoint and the quorum that
are told.
Who keeps the key elsewhere is waited for, as long as its bound is. If nothing can be
signed the answer goes out without a receipt, and is counted.
"""

import os
from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

import structlog

from bureau.caller import LookUp
from bureau.receipts.receipt import (
    Answered,
    Asked,
    Document,
    Receipts,
    Rules,
    UnwritableReceiptError,
)
from gateway.graphql_http.answers import Attest, Attested
from gateway.receipts.keys import ReceiptKeys
from gateway.receipts.preference import APPLIED, wants_receipt
from gateway.settings.receipts import Receipts as Wanted
from policy.parameters import Parameters
from resolvers.context import RequestContext
from resolvers.documents.documents import Prepared, Question
from resolvers.look_ups import operation_of
from signing import base64url
from signing.signer import SignerError
from signing.transparency.entries import SALT_SIZE

_logger = structlog.get_logger("gateway.receipts")


class ReceiptsObserver(Protocol):
    """An observer of receipts; metrics implement it."""

    def receipt_signed(self) -> None:
        """An answer has a receipt."""

    def receipt_failed(self) -> None:
        """An answer was to have one and has none."""


class Attesting:
    """Makes the receipts of a process."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        keys: ReceiptKeys,
        wanted: Wanted,
        receipts: Receipts,
        *,
        parameters: Parameters,
        catalogue: str,
        clock: Callable[[], datetime],
        observer: ReceiptsObserver,
    ) -> None:
        self.keys = keys
        self._signs = wanted is not Wanted.OFF and keys.can_sign
        self._is_for_all = wanted is Wanted.ALWAYS
        self._receipts = receipts
        self._parameters = parameters
        self._catalogue = catalogue
        """SHA-256 of the annex, in hexadecimal."""
        self._clock = clock
        self._observer = observer
        digest = parameters.digest
        self._last_day = date.min, Rules(date.min, digest, catalogue)

    def attest(
        self, prefer: str, context: RequestContext, prepared: Prepared, asked: Question
    ) -> Attest | None:
        """Return what makes the receipt of an answer; ``None`` if it is to have none.

        ``prefer`` is the request's header.
        """
        if not self._signs:
            return None
        is_asked = wants_receipt(prefer)
        if not (is_asked or self._is_for_all):
            return None

        async def attested(data: bytes, errors: bytes | None) -> Attested | None:
            salt = os.urandom(SALT_SIZE)
            try:
                payload = self._receipts.payload(
                    _asked(context, prepared, asked),
                    Answered(data, errors, context.answered),
                    self._rules(context.today),
                    salt,
                )
                jws = await self._signed(payload)
            except (SignerError, UnwritableReceiptError) as error:
                self._observer.receipt_failed()
                _logger.error(  # noqa: TRY400 - the answer goes out all the same
                    "an answer has no receipt", reason=str(error)
                )
                return None
            self._observer.receipt_signed()
            applied = APPLIED if is_asked else {}
            return Attested(jws, base64url.encode(salt), applied)

        return attested

    async def _signed(self, payload: bytes) -> bytes:
        """Return the JWS; with a key in memory nothing is waited for.

        Raises:
            SignerError: it cannot be signed now.
        """
        now, keys = self._clock(), self.keys
        if keys.awaited is not None:
            return await keys.awaited.sign(payload, now)
        if keys.signer is None:
            raise SignerError("there is no key")
        return keys.signer.sign(payload, now)

    def _rules(self, today: date) -> Rules:
        """Return the rules of a day, the same ones for as long as it lasts."""
        day, rules = self._last_day
        if day != today:
            parameters = self._parameters
            version, digest = parameters.version(today), parameters.digest
            rules = Rules(version, digest, self._catalogue)
            self._last_day = today, rules
        return rules


def _asked(context: RequestContext, prepared: Prepared, question: Question) -> Asked:
    look_up, origin = context.look_up, context.origin
    operation = operation_of(context) if origin is None else origin.operation
    return Asked(
        request_id=context.request_id,
        at=context.now,
        caller=context.caller.id,
        districts=context.caller.districts_in_order,
        look_up=look_up if isinstance(look_up, LookUp) else None,
        elements=context.stated.told,
        document=Document(
            text=prepared.text,
            trusted_as=prepared.trusted_as,
            operation=operation,
        ),
        variables=question.variables,
    )
