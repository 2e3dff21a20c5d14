"""Tell a statement that there is no certificate from a certificate typed as one.

The type of a signed payload is its header's word. An absence that states a
certificate's number, title or item denies what it says: whichever of the two was
meant, it proves nothing.
"""

from connectors.decoding.expression import (
    ExpressionError,
    Finder,
    compile_expression,
)
from connectors.manifest_record import Record


class CertificateSigns:
    """The fields by which a manifest's content is known to be about a certificate."""

    def __init__(self, record: Record) -> None:
        names = (record.number, record.title, record.item, record.item_code)
        finders = [compile_expression(name) for name in names if name is not None]
        # What is found in an empty object too is the manifest's own constant.
        self._finders = [find for find in finders if not _is_stated(find, {})]

    def are_in(self, content: object) -> bool:
        """Say whether ``content`` states any of them, in whatever form."""
        return any(_is_stated(find, content) for find in self._finders)


def _is_stated(find: Finder, content: object) -> bool:
    try:
        found = find(content)
    except ExpressionError:
        return False
    if isinstance(found, str):
        return bool(found.strip())
    return found is not None
