"""Explain each finding, and what an agency does about it, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.conformance.cautions import WARNINGS
from connectors.conformance.codes import Explanation, FindingCode, Severity
from connectors.conformance.failures import FAILURES
from policy.text import Text


def _explained(
    severity: Severity, table: Mapping[FindingCode, tuple[str, str, str, str]]
) -> dict[FindingCode, Explanation]:
    return {
        code: Explanation(severity, Text(zh, en), Text(do_zh, do_en))
        for code, (zh, en, do_zh, do_en) in table.items()
    }


EXPLANATIONS: Mapping[FindingCode, Explanation] = MappingProxyType(
    _explained(Severity.FAILURE, FAILURES) | _explained(Severity.WARNING, WARNINGS)
)
"""One a code; the English half stands in ``docs/agencies.md``, compared by a test."""
