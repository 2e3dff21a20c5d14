"""Make receipts of answers, as they are about to be sent.

A receipt is made within the turn of the loop that sends the answer, and nothing is
waited for: the key is in memory, and so are the checkpoint and the quorum that are
told. If nothing can be signed the answer goes out without a receipt, and is counted.
"""

import os
from collections.abc import Callable, Mapping
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
from signing.signer import Signer, SignerError
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
        self._signer = keys.signer if wanted is not Wanted.OFF else None
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
        signer = self._signer
        if signer is None:
            return None
        is_asked = wants_receipt(prefer)
        if not (is_asked or self._is_for_all):
            return None

        def attested(data: bytes, errors: bytes | None) -> Attested | None:
            receipt = self._receipt(
                signer,
                _asked(context, prepared, asked),
                Answered(data, errors, context.answered),
                self._rules(context.today),
            )
            if receipt is None:
                return None
            return Attested(receipt, APPLIED if is_asked else {})

        return attested

    def _receipt(
        self, signer: Signer, asked: Asked, answered: Answered, rules: Rules
    ) -> Mapping[str, str] | None:
        salt = os.urandom(SALT_SIZE)
        try:
            payload = self._receipts.payload(asked, answered, rules, salt)
            jws = signer.sign(payload, self._clock())
        except (SignerError, UnwritableReceiptError) as error:
            self._observer.receipt_failed()
            _logger.error(  # noqa: TRY400 - the answer goes out all the same
                "an answer has no receipt", reason=str(error)
            )
            return None
        self._observer.receipt_signed()
        return {"jws": jws.decode(), "salt": base64url.encode(salt).decode()}

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
