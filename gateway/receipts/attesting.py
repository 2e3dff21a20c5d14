"""Make receipts of answers, as they are about to be sent.

A receipt is made within the turn of the loop that sends the answer, and nothing is
waited for: the key is in memory, and so are the checkpoint and the quorum that are
told. If nothing can be signed the answer goes out without a receipt, and is counted.
"""

import os
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
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
        return partial(
            self._attested, signer, _asked(context, prepared, asked), context, is_asked
        )

    def _attested(  # noqa: PLR0913, PLR0917 - the first ones are ``attest``'s
        self,
        signer: Signer,
        asked: Asked,
        context: RequestContext,
        is_asked: bool,
        data: bytes,
        errors: bytes | None,
    ) -> Attested | None:
        salt = os.urandom(SALT_SIZE)
        answered = Answered(data, errors, context.answered)
        try:
            payload = self._receipts.payload(
                asked, answered, self._rules(context.today), salt
            )
            jws = signer.sign(payload, self._clock())
        except (SignerError, UnwritableReceiptError) as error:
            self._observer.receipt_failed()
            _logger.error(  # noqa: TRY400 - the answer goes out all the same
                "an answer has no receipt", reason=str(error)
            )
            return None
        self._observer.receipt_signed()
        receipt = {"jws": jws.decode(), "salt": base64url.encode(salt).decode()}
        return Attested(receipt, APPLIED if is_asked else {})

    def _rules(self, today: date) -> Rules:
        parameters = self._parameters
        return Rules(parameters.version(today), parameters.digest, self._catalogue)


def _asked(context: RequestContext, prepared: Prepared, question: Question) -> Asked:
    look_up = context.look_up
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
            operation=operation_of(context),
        ),
        variables=question.variables,
    )
