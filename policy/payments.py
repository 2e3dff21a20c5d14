"""Combine the payments made before that are stated with those of the ledger.

No statement removes a payment of the ledger, so a claim is judged by both together. A
ledger that could not be read leaves the question open: there may be one more payment.
"""

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
    left = list(ledger)
    known = []
    for payment in stated:
        places = (n for n, one in enumerate(left) if _may_be_one(payment, one))
        place = next(places, None)
        known.append(payment if place is None else _both(payment, left.pop(place)))
    return (*known, *left)


# What a payment is known by, and what besides may be known of it.
_MORE = ("fund", "paid_on", "amount_yuan")


def _may_be_one(stated: Payment, recorded: Payment) -> bool:
    """Say whether two are equal, and nothing that is known of both differs."""
    return stated == recorded and all(
        None in (one, other) or one == other
        for one, other in (
            (getattr(stated, name), getattr(recorded, name)) for name in _MORE
        )
    )


def _both(stated: Payment, recorded: Payment) -> Payment:
    """Return one payment with what either knows of it."""
    known = {
        name: getattr(stated, name) for name in _MORE if getattr(recorded, name) is None
    }
    return replace(recorded, **known)
