"""Read what signed bytes say of the question they answer, and compare it with ours."""

from connectors.answer import RecordFault
from connectors.binding import Bound, BoundTo
from connectors.decoding.forms import form_of
from connectors.decoding.readers import RecordError, finder
from connectors.manifest_endpoint import Binding
from signing.strict_json import MAX_INTEGER


class BindingReader:
    """Reads the binding that a manifest says is signed."""

    def __init__(self, binding: Binding) -> None:
        self._find = (
            None if binding.audience is None else finder("binding", binding.signed)
        )

    def read(self, content: object) -> Bound | None:
        """Return the question that ``content`` names; ``None`` if it names none.

        Raises:
            RecordError: a part of it has another form.
        """
        if self._find is None:
            return None
        found = self._find(content)
        if not isinstance(found, dict):
            return None
        nonce, question = found.get("nonce"), found.get("question")
        audience = found.get("aud")
        for text in (nonce, question, audience):
            if not isinstance(text, str):
                return None
        sequence = found.get("sequence")
        if sequence is not None and (
            type(sequence) is not int or not 0 <= sequence <= MAX_INTEGER
        ):
            raise RecordError(
                f"binding.sequence is no count from 0: it is {form_of(sequence)}"
            )
        return Bound(nonce, question, audience, sequence)


def fault_of_binding(bound_to: BoundTo, bound: Bound | None) -> RecordFault | None:
    """Return how an answer is not one to ``bound_to``; ``None`` if it is."""
    if bound is None:
        return RecordFault.NOT_BOUND
    if bound.audience != bound_to.audience:
        return RecordFault.OTHER_AUDIENCE
    if bound.question != bound_to.question:
        return RecordFault.OTHER_QUESTION
    return None if bound.nonce == bound_to.nonce else RecordFault.REPLAYED
