"""What verifying one record's signature costs in each runtime that is measured.

So that the wide phase can be compared beyond it, and plots can show how much of a
server's time it is. Ours is what ``signing`` of this checkout does, with the library
it uses.
"""

import base64
import json
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from benchmarks.gateway import GATEWAY
from benchmarks.measuring import MICROSECONDS
from benchmarks.minting import signing_key
from benchmarks.peers import FOLDER, bun
from benchmarks.people import AGENCIES, certificates
from benchmarks.processes import BenchmarkError, pinned
from benchmarks.stage import Stage
from signing.algorithms import signature_check
from signing.envelope import PayloadType
from signing.sign import sign

TIMES = 5000
ON_NODE = ("mercurius", "yoga-node", "hive-rest", "yoga-node-cache")
ON_BUN = ("yoga-bun", "yoga-bun-cache", "grafbase", "hive-router", "apollo-gateway")
"""A router's subgraphs run on Bun, and they verify."""


def signatures_us(stage: Stage, *, with_peers: bool) -> Mapping[str, float]:
    """Verify one record's signature many times; return microseconds by contender."""
    key = signing_key(next(iter(AGENCIES)))
    record = certificates(0, next(iter(AGENCIES)), stage.corpus.today)[0]
    payload = json.dumps(record.payload(), ensure_ascii=False).encode()
    moment = datetime.combine(stage.corpus.today, datetime.min.time(), UTC)
    envelope = sign(payload, key, type=PayloadType.RECORD, signed_at=moment)
    signed, _, encoded = envelope.signature.rpartition(b".")
    signature = base64.urlsafe_b64decode(encoded + b"==")
    check = signature_check(key.algorithm, key.private_key.public_key())
    began = time.thread_time()
    if not all(check(signature, signed) for _ in range(TIMES)):
        raise BenchmarkError("a good signature does not verify")
    costs = {GATEWAY.name: (time.thread_time() - began) / TIMES * MICROSECONDS}
    if with_peers:
        told = stage.folder / "signature.json"
        told.write_text(
            json.dumps(
                {
                    "pem": key.public_pem(),
                    "signed": signed.decode(),
                    "signature": base64.b64encode(signature).decode(),
                    "times": TIMES,
                }
            ),
            "utf-8",
        )
        for program, names in ((stage.node, ON_NODE), (bun(), ON_BUN)):
            command = [program, "signature.mjs", str(told)]
            done = subprocess.run(  # noqa: S603 - our own script
                [*pinned(stage.cores.server), *command],
                cwd=FOLDER,
                check=True,
                capture_output=True,
                text=True,
            )
            costs.update(dict.fromkeys(names, float(done.stdout)))
    return costs
