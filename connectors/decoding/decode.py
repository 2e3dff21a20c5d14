"""Turn verified bytes into certificate records, field by field of the manifest.

The input type is the promise: only a ``VerifiedPayload`` gets in. A
``DecodedEnvelope`` is what one envelope says, holder by holder; it depends on nothing
but the bytes and the manifest, so it is kept by digest and read once. Scope is checked
here, because only here the annex row is known: a key that attests a row it was not
appointed for is refused for that record alone.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from connectors.answer import RecordFault, RefusedRecord
from connectors.binding import Bound
from connectors.decoding.absence import CertificateSigns
from connectors.decoding.bound_answers import BindingReader
from connectors.decoding.expression import ExpressionError, compile_expression
from connectors.decoding.interpreter import ANSWER_STEPS, Allowance
from connectors.decoding.readers import RecordError
from connectors.decoding.record_fields import NOBODY, RecordFields
from connectors.manifest import Manifest
from connectors.manifest_signature import SignatureForm
from policy import normal_form
from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from policy.identity import Identity
from policy.row import row_of
from signing.envelope import PayloadType, SignatureProof, VerifiedPayload
from signing.errors import SigningError


class Holding(NamedTuple):
    """One envelope's content about one person: certificates, and what was refused."""

    records: tuple[CertificateRecord, ...]
    refusals: tuple[RefusedRecord, ...] = ()
    absent: Identity | None = None
    """The person a signed absence names; a number alone may be of two id types."""
    held: int | None = None
    """How many certificates the signer says the person holds; ``None`` if unsaid."""

    def is_about(self, holder: Identity) -> bool:
        """Say whether everything here is ``holder``'s, number and id type."""
        if self.absent is not None:
            return self.absent == holder
        for record in self.records:
            if record.holder is not holder and record.holder != holder:
                return False
        return True


class DecodedEnvelope(NamedTuple):
    """One envelope's content by identity number; an empty holding is an absence."""

    proof: SignatureProof
    holdings: Mapping[str, Holding]
    nonce: str | None = None
    bound: Bound | None = None
    """The question that it answers, as the signer says; ``None`` if it does not."""


class Decoder:
    """Reads verified payloads by one manifest."""

    def __init__(
        self,
        manifest: Manifest,
        catalogue: Catalogue,
        rows: frozenset[str] | None = None,
    ) -> None:
        self._collection_body = manifest.collection_body
        self._catalogue = catalogue
        self._fields = RecordFields(manifest.record)
        self._signs = CertificateSigns(manifest.record)
        is_whole = manifest.signature.form is SignatureForm.RESPONSE
        self.types = frozenset(
            {PayloadType.RESPONSE}
            if is_whole
            else {PayloadType.RECORD, PayloadType.ABSENCE}
        )
        """The payload types this agency may sign."""
        self.rows = rows or catalogue.rows_of(manifest.collection_body)
        """The annex rows that the agency answers for: its body's, if not fewer."""
        response = manifest.response
        self._steps = steps = Allowance(ANSWER_STEPS)
        self._results = compile_expression(response.results, steps)
        self._result_number = compile_expression(response.id_number, steps)
        self._result_records = compile_expression(response.records, steps)
        self._response = response
        nonce = response.nonce
        self._nonce = None if nonce is None else compile_expression(nonce, steps)
        self._binding = BindingReader(manifest.binding)

    def decode(
        self, proof: VerifiedPayload, asked: Mapping[str, Identity] = NOBODY
    ) -> DecodedEnvelope:
        """Read everything ``proof`` says; ``asked`` spares reading known numbers anew.

        Raises:
            RecordError: the content has another shape than the manifest says, so
                that it does not show whom it is about.
        """
        match proof.type:
            case PayloadType.RECORD:
                content = proof.content
                holder = self._fields.holder(content, asked)
                records, refusals = self._records(proof, [content], holder, asked)
                held = self._fields.held(content)
                holding = Holding(records, refusals, held=held)
                return self._one(proof, holder, holding)
            case PayloadType.ABSENCE:
                absent = self._fields.holder(proof.content, asked)
                holding = Holding((), self._objections(proof), absent)
                if self._signs.are_in(proof.content):
                    typed = self._fault(RecordFault.CONTRADICTION, proof, _NO_ABSENCE)
                    holding = Holding((), (typed,), absent)
                return self._one(proof, absent, holding)
            case PayloadType.RESPONSE:
                return self._decode_response(proof, asked)
            case PayloadType.STATE:
                raise RecordError("a change of state is no record")
            case PayloadType.STATUS_LIST:
                raise RecordError("a list of states is no record")
            case PayloadType.BATCH:
                raise RecordError("the root of a batch is no record")
            case PayloadType.KEY_PROOF:
                raise RecordError("a proof that somebody holds a key is no record")
            case PayloadType.RECEIPT:
                raise RecordError("a gateway's receipt is no record")

    def _one(
        self, proof: VerifiedPayload, holder: Identity, holding: Holding
    ) -> DecodedEnvelope:
        bound = self._binding.read(proof.content)
        return DecodedEnvelope(proof.to_keep(), {holder.number: holding}, bound=bound)

    def decode_change(
        self, proof: VerifiedPayload
    ) -> tuple[CertificateRecord | RefusedRecord, str | None]:
        """Read whose state changed, and the reason; ``proof`` is of the type STATE.

        Raises:
            RecordError: the content has another shape than the manifest says.
        """
        content = proof.content
        holder = self._fields.holder(content)
        records, refusals = self._records(proof, [content], holder, NOBODY)
        reason = self._fields.state_reason(content)
        return (refusals[0] if refusals else records[0]), reason

    def _decode_response(
        self, proof: VerifiedPayload, asked: Mapping[str, Identity]
    ) -> DecodedEnvelope:
        places = self._response
        self._steps.renew()
        try:
            results = self._results(proof.content)
            nonce = None if self._nonce is None else self._nonce(proof.content)
            if not isinstance(results, list):
                raise RecordError(f"`response.results`: no list at `{places.results}`")
            holdings: dict[str, Holding] = {}
            for result in results:
                number = self._result_number(result)
                records = self._result_records(result)
                if not isinstance(number, str):
                    where = f"`response.id_number`: no text at `{places.id_number}`"
                    raise RecordError(f"{where} of a result")
                if not isinstance(records, list):
                    where = f"`response.records`: no list at `{places.records}`"
                    raise RecordError(f"{where} of a result")
                number = normal_form.number(number)
                if number in holdings:
                    twice = self._fault(RecordFault.CONTRADICTION, proof, _TWICE)
                    holdings[number] = Holding((), (twice,))
                else:
                    holdings[number] = self._holding(proof, records, asked)
        except ExpressionError as error:
            raise RecordError(f"does not fit the manifest: {error}") from None
        bound = self._binding.read(proof.content)
        return DecodedEnvelope(proof.to_keep(), holdings, nonce, bound)

    def _holding(
        self, proof: VerifiedPayload, contents: list[Any], asked: Mapping[str, Identity]
    ) -> Holding:
        if not contents:
            return Holding((), self._objections(proof), held=0)
        records, refusals = self._records(proof, contents, None, asked)
        return Holding(records, refusals, held=len(contents))

    def _records(
        self,
        proof: VerifiedPayload,
        contents: list[Any],
        holder: Identity | None,
        asked: Mapping[str, Identity],
    ) -> tuple[tuple[CertificateRecord, ...], tuple[RefusedRecord, ...]]:
        records = []
        refusals = []
        for content in contents:
            try:
                record = self._fields.record(content, holder=holder, asked=asked)
                if (code := self.annex_code(record)) is not None:
                    proof.require_scope(code)
            except SigningError as error:
                refusals.append(refused(error, proof.digest))
                continue
            except RecordError as error:
                fault = RecordFault.MALFORMED_RECORD
                refusals.append(self._fault(fault, proof, str(error)))
                continue
            if (foreign := self.foreign(proof)) is not None:
                refusals.append(foreign)
                continue
            records.append(record)
        return tuple(records), tuple(refusals)

    def _objections(self, proof: SignatureProof) -> tuple[RefusedRecord, ...]:
        """Return why the key may not speak for all that an absence denies."""
        if (foreign := self.foreign(proof)) is not None:
            return (foreign,)
        try:
            for code in sorted(self.rows):
                proof.require_scope(code)
        except SigningError as error:
            return (refused(error, proof.digest),)
        return ()

    def annex_code(self, record: CertificateRecord) -> str | None:
        """Return the annex row a record claims; ``None`` if it claims none."""
        if record.item_code in self._catalogue.items:
            return record.item_code
        item = row_of(record, self._catalogue).item
        return None if item is None else item.code

    def foreign(self, proof: SignatureProof) -> RefusedRecord | None:
        """Say whose key it is if it is another institution's; ``None`` if it is not."""
        if proof.key.institution == self._collection_body:
            return None
        return self._fault(
            RecordFault.FOREIGN_KEY,
            proof,
            f"signed by {proof.key.institution}, this agency's records are collected "
            f"by {self._collection_body}",
        )

    def _fault(
        self, fault: RecordFault, proof: SignatureProof, reason: str
    ) -> RefusedRecord:
        return RefusedRecord(fault, reason, proof.key.kid, proof.digest)


_NO_ABSENCE = "it is typed as an absence and states a certificate"
_TWICE = "the signed answer lists the person twice"


def refused(error: SigningError, digest: bytes) -> RefusedRecord:
    """Return what failed verification as a finding about its source."""
    return RefusedRecord(error.refusal, error.detail, error.key_id, digest)
