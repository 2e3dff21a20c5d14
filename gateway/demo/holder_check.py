"""The holder check, asked over HTTP as a client asks it."""

import json
import urllib.request
from typing import Any

QUERY = """
query HolderCheck($idNumber: String!) {
  holder(idNumber: $idNumber) {
    certificates {
      nodes {
        itemCode
        level
        eligibility { outcome findings { clause outcome } }
      }
    }
    sources { agency outcome }
  }
}
"""


def ask(url: str, token: str, id_number: str) -> dict[str, Any]:
    """Return the ``holder`` of the answer.

    Raises:
        urllib.error.URLError: the gateway did not answer, or refused.
    """
    body = json.dumps({"query": QUERY, "variables": {"idNumber": id_number}})
    request = urllib.request.Request(  # noqa: S310 - the caller's own gateway
        f"{url}/graphql",
        data=body.encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        holder: dict[str, Any] = json.load(response)["data"]["holder"]
    return holder


def summary(holder: dict[str, Any]) -> dict[str, Any]:
    """Return what matters of an answer, in the shape of a story's expectation."""
    return {
        "sources": {row["agency"]: row["outcome"] for row in holder["sources"]},
        "certificates": sorted(
            (
                node["itemCode"],
                node["level"],
                node["eligibility"]["outcome"],
                *(
                    finding["clause"]
                    for finding in node["eligibility"]["findings"]
                    if finding["outcome"] != "MET"
                ),
            )
            for node in holder["certificates"]["nodes"]
        ),
    }


def expectation(person: dict[str, Any]) -> dict[str, Any]:
    """Return what a story says must come, in the shape of ``summary``."""
    return {
        "sources": person["sources"],
        "certificates": sorted(
            (held["itemCode"], held["level"], held["eligibility"], *held["notMet"])
            for held in person["certificates"]
        ),
    }
