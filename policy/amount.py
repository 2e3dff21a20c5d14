"""The sum that notice 17 pays: the amount for the level, by the category's share."""

from policy.case import ClaimCase


def share_and_amount(case: ClaimCase) -> tuple[int, int] | None:
    """Return the share in percent and the sum in yuan; ``None`` if not known.

    Whether it is paid at all is the clauses' business.
    """
    category, level = case.claim.category, case.level
    if category is None or level is None:
        return None
    item = case.row.item
    if item is None or level not in item.levels:
        return None
    share = case.figures.share_percent[category]
    return share, case.figures.amount_yuan[level] * share // 100
