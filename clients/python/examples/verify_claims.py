"""Job 2: compare a list of certificates, as applicants state them, with the registries.

    python examples/verify_claims.py < claims.csv > results.csv

The columns are idNumber, item, level, issuedOn, number, name; what is empty is not
compared. A line of the result says MATCH, MISMATCH, NOT_FOUND, UNKNOWN or what is wrong
with the line, the standing, and which fields are wrong.
"""

import asyncio
import csv
import os
import sys
from collections.abc import Sequence
from datetime import date

from certificate_gateway_client import GatewayClient
from certificate_gateway_client.generated import (
    FieldOutcome,
    Level,
    StatedCertificateInput,
    VerifyClaimsVerifyClaimsCheckedClaims,
    VerifyClaimsVerifyClaimsCheckedClaimsNodesClaimCheck,
    VerifyClaimsVerifyClaimsCheckedClaimsNodesRefusedClaim,
)

AT_ONCE = 500
"""As many as one question may ask for."""
Checked = (
    VerifyClaimsVerifyClaimsCheckedClaimsNodesClaimCheck
    | VerifyClaimsVerifyClaimsCheckedClaimsNodesRefusedClaim
)


def stated(row: dict[str, str]) -> StatedCertificateInput:
    """Return a line as the graph takes it."""
    cells = {name: cell.strip() for name, cell in row.items() if cell and cell.strip()}
    return StatedCertificateInput(
        idNumber=cells["idNumber"],
        item=cells["item"],
        level=Level(cells["level"]) if "level" in cells else None,
        issuedOn=date.fromisoformat(cells["issuedOn"]) if "issuedOn" in cells else None,
        number=cells.get("number"),
        name=cells.get("name"),
    )


def columns(checked: Checked) -> tuple[str, str, str]:
    """Return a line of the result: outcome, standing, fields that are wrong."""
    if checked.typename__ == "RefusedClaim":
        return checked.problem.value, "", ""
    wrong = [
        one.field.value
        for one in checked.fields
        if one.outcome is FieldOutcome.MISMATCH
    ]
    standing = checked.standing.value if checked.standing else ""
    return checked.outcome.value, standing, " ".join(wrong)


async def verify(rows: Sequence[dict[str, str]]) -> None:
    """Print a line for each row, in their order."""
    results = csv.writer(sys.stdout)
    async with GatewayClient(
        os.environ["GATEWAY_URL"], os.environ["GATEWAY_TOKEN"]
    ) as gateway:
        for first in range(0, len(rows), AT_ONCE):
            claims = [stated(row) for row in rows[first : first + AT_ONCE]]
            checked = (await gateway.verify_claims(claims)).verify_claims
            if not isinstance(checked, VerifyClaimsVerifyClaimsCheckedClaims):
                sys.exit(f"no list was checked: {checked}")
            results.writerows(columns(one) for one in checked.nodes)


if __name__ == "__main__":
    asyncio.run(verify(list(csv.DictReader(sys.stdin))))
