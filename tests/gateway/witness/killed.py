"""A witness that is killed at a step: ``python -m tests.gateway.witness.killed``.

Given a configuration and a step, it answers the submission at its standard input, and
kills itself before the SQL statement that begins with the step's word, when it has
signed (``SIGN``), or when all is done but the answer (``ANSWER``).
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from gateway.clock import utc_now
from gateway.witness.keys import read_signers
from gateway.witness.settings import load_witness_settings
from gateway.witness.witness import Witness
from signing.transparency.checkpoints import Checkpoint, NoteSigner
from signing.transparency.notes import Signature
from store.witness.seen import Seen

STEPS = ("BEGIN", "SELECT", "SIGN", "INSERT", "DELETE", "COMMIT", "ANSWER")


def end() -> None:
    """End at once, as by the loss of power."""
    os.kill(os.getpid(), signal.SIGKILL)


class Ending(NoteSigner):
    """Signs, and is killed before anybody has the signature."""

    def __init__(self, signer: NoteSigner) -> None:
        super().__init__(signer.key.name, signer.key.kind, signer._private_key)

    def sign(self, checkpoint: Checkpoint, at: datetime) -> Signature:
        """Sign, and end."""
        signature = super().sign(checkpoint, at)
        end()
        return signature


def main(config: str, step: str) -> None:
    """Answer, as far as the step."""
    settings = load_witness_settings(Path(config))
    seen = Seen(Path(settings.database))
    signers = read_signers(settings.name, map(Path, settings.key_files))
    if step == "SIGN":
        signers = [Ending(signer) for signer in signers]
    seen._connection.set_trace_callback(
        lambda statement: end() if statement.strip().startswith(step) else None
    )
    witness = Witness(settings.keys_of_logs, signers, seen, utc_now)
    answer = witness.add_checkpoint(sys.stdin.buffer.read())
    if step == "ANSWER":
        end()
    sys.stdout.write(answer.body)


if __name__ == "__main__":
    main(*sys.argv[1:])
