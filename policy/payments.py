"""Combine the payments made before that are stated with those of the ledger.

No statement removes a payment of the ledger, so a claim is judged by both together. A
ledger that could not be read leaves the question open: there may be one more payment.
"""

from collections import Counter
from dataclasses import replace

from policy.evidence import Payment

Payments = tuple[Payment, ...]

ANY_PAYMENT = Payment(item_code=None, level=None, category=None)
"""A payment of which nothing is known, not even whether it was made: it bars nothing
for certain, and whatever it may bar is undetermined."""


def payments_before(
    stated: Payments | None, ledger: Payments | None
) -> Payments | None:
    """Return what was paid before; ``None`` if nobody knows.

    ``stated`` is what the asker says, ``ledger`` what the gateway recorded; either is
    ``None`` where it is not known. A payment that both have is one payment.
    """
    if stated is None:
        return ledger
    if ledger is None:
        return (*stated, ANY_PAYMENT)
    # What became of a payment the ledger alone knows.
    known = Counter(replace(payment, is_recovered=False) for payment in ledger)
    return (*(Counter(stated) - known).elements(), *ledger)
