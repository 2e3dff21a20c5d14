"""A certificate as an agency attests it: signed, believed and decoded."""

from dataclasses import replace

from connectors.answer import AttestedCertificate
from connectors.decoding.decode import Decoder
from policy.catalogue import load_catalogue
from policy.evidence import Attestation
from tests.connectors.agency import NOW, ZHANG, believed, manifest, record


def certificate(**changes: object) -> AttestedCertificate:
    """Return 张's certificate, with ``changes`` to its record."""
    envelope = record()
    proof = believed(envelope)
    reading = Decoder(manifest(), load_catalogue()).decode(proof)
    (found,) = reading.holdings[ZHANG].records
    return AttestedCertificate(
        agency="transport",
        record=replace(found, **changes),  # type: ignore[arg-type]  # test literals
        attestation=Attestation(
            institution="x", scope=frozenset(), key_in_force=True, account=None
        ),
        proof=proof,
        envelope=envelope,
        retrieved_at=NOW,
    )
