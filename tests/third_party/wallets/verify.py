"""What two packages of PyPI say of credentials that are read from standard input.

Run in their environment, which has nothing of ours. sd-jwt (the reference of RFC 9901's
authors): signature, disclosures, the holder's key. PyJWT: signature, times, issuer; the
badge likewise, and the status list.
"""

import base64
import json
import sys
import zlib
from collections.abc import Callable
from typing import Any

import jwt
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

Case = dict[str, Any]
JWT_CLAIMS = ["exp", "iat", "iss"]


def reference(case: Case) -> None:
    """Verify what a holder shows, and that it is the holder who shows it."""
    key = JWK(**case["jwk"])
    verifier = SDJWTVerifier(
        case["sd_jwt"], lambda *_: key, case["audience"], case["nonce"]
    )
    claims = verifier.get_verified_payload()
    assert claims["level"] == "LEVEL_4"
    assert "id_number" not in claims


def pyjwt(case: Case) -> None:
    """Verify an SD-JWT's JWT as any other JWT, and its status."""
    _decoded(case, case["sd_jwt"].split("~")[0], "dc+sd-jwt")


def pyjwt_badge(case: Case) -> None:
    """Verify a badge, and its status."""
    badge = _decoded(case, case["badge"], "vc+jwt")
    assert "AchievementCredential" in badge["type"]


def _decoded(case: Case, token: str, type_: str) -> Any:
    claims = _verified(case, token, type_)
    place = claims["status"]["status_list"]
    told = _verified(case, case["list"], "statuslist+jwt")
    assert told["sub"] == place["uri"]
    lst, bits = told["status_list"]["lst"], told["status_list"]["bits"]
    states = zlib.decompress(base64.urlsafe_b64decode(lst + "=" * (-len(lst) % 4)))
    at = place["idx"] * bits
    status = states[at // 8] >> at % 8 & ((1 << bits) - 1)
    assert status == 0, f"status {status}"
    return claims


def _verified(case: Case, token: str, type_: str) -> Any:
    assert jwt.get_unverified_header(token)["typ"] == type_
    return jwt.decode(
        token,
        jwt.PyJWK(case["jwk"]),
        algorithms=["EdDSA"],
        issuer=case["issuer"],
        options={"require": JWT_CLAIMS},
    )


def said(check: Callable[[Case], None], case: Case) -> str | None:
    """Return nothing if all is right, else what was said."""
    try:
        check(case)
    except Exception as error:  # noqa: BLE001 - whatever they refuse by
        return f"{type(error).__name__}: {error}"
    return None


CHECKS = {"sd-jwt": reference, "pyjwt": pyjwt, "pyjwt, badge": pyjwt_badge}
json.dump(
    [
        {name: said(check, case) for name, check in CHECKS.items()}
        for case in json.load(sys.stdin)
    ],
    sys.stdout,
)
