"""Programs that have nothing to do with one another agree on what SM2 signed.

OpenSSL is what verifies here. GmSSL (``gmssl-pyx``) and ``gmalg``, in Python, are two
more, ``sm-crypto-v2`` of npm is the fourth. OpenSSL's command line is asked besides: it
makes the signer's id into the digest, which we do in its place.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.algorithms import Algorithm, signature_check
from tests import node
from tests.signing.sm2.many import COUNT, Signed, all_of_them, by_gmalg, by_gmssl
from tests.vectors.sm2 import in_der

ALL = all_of_them()
RIGHT = [signed.is_right for signed in ALL]
A_FEW = ALL[::61]
"""``gmalg`` takes 50 ms each; all of them are checked as the file is written."""


def test_there_are_a_thousand_and_every_kind_of_wrong_one() -> None:
    assert len(ALL) == COUNT + COUNT // 4
    assert RIGHT.count(True) == COUNT
    assert len({signed.signature for signed in ALL[:COUNT]}) == COUNT


def test_ours_believes_what_is_right() -> None:
    found = [
        signature_check(Algorithm.SM2, signed.key.public)(
            signed.signature, signed.message
        )
        for signed in ALL
    ]

    assert found == RIGHT


def test_gmssl_agrees() -> None:
    assert [by_gmssl(signed) for signed in ALL] == RIGHT


def test_gmalg_agrees() -> None:
    assert {signed.is_right for signed in A_FEW} == {True, False}
    assert [by_gmalg(one) for one in A_FEW] == [one.is_right for one in A_FEW]


@pytest.mark.long
def test_npm_agrees(tmp_path: Path) -> None:
    script = node.install(Path(__file__).parent / "npm", "verify.mjs", tmp_path)
    asked = [
        {
            "message": signed.message.hex(),
            "signature": signed.signature.hex(),
            "key": "04" + signed.key.public.coordinates.hex(),
            "id": signed.signer_id,
        }
        for signed in ALL
    ]

    said = subprocess.run(
        ["node", script.name],
        cwd=tmp_path,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=node.SECONDS,
        check=True,
    )

    assert json.loads(said.stdout) == RIGHT


@pytest.mark.parametrize("signed", [*ALL[3:COUNT:101], *ALL[COUNT + 1 :: 31]])
def test_the_command_line_of_openssl_agrees(signed: Signed, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        node.unavailable("openssl not found; it has to agree")
    r, s = (int.from_bytes(signed.signature[at : at + 32]) for at in (0, 32))
    pem = signed.key.public.public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    for name, content in (
        ("key.pem", pem),
        ("message", signed.message),
        ("signature", in_der(r, s)),
    ):
        (tmp_path / name).write_bytes(content)

    done = subprocess.run(
        [
            *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem"),
            *("-rawin", "-digest", "sm3", "-in", "message", "-sigfile", "signature"),
            *("-pkeyopt", f"distid:{signed.signer_id}"),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert (done.returncode == 0) is signed.is_right
