"""The checks behind a certificate in the graph, in both languages."""

from collections.abc import Sequence
from datetime import date
from typing import Self

import strawberry

from bureau.caller import Scope
from bureau.checks.codes import CheckCode, CheckResult, ProvenanceCheck
from bureau.checks.made import CHECKS_OF_UNSIGNED, Known, checks_of, checks_of_refusal
from bureau.checks.made import CheckMade as Made
from bureau.checks.meanings import CHECKS, MEANINGS, RESULTS
from connectors.answer import RefusedRecord, ShownCertificate, UnsignedCertificate
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, described_enum, said
from resolvers.context import Services

described_enum(
    ProvenanceCheck,
    both("核验项", "A check of what an agency signs"),
    {check: both(text.zh, text.en) for check, text in CHECKS.items()},
)
described_enum(
    CheckResult,
    both("核验结果", "How a check ended"),
    {result: both(text.zh, text.en) for result, text in RESULTS.items()},
)
described_enum(
    CheckCode,
    both("核验结果的原因代码", "Why a check ended as it did, as a code"),
    {code: both(one.text.zh, one.text.en) for code, one in MEANINGS.items()},
)


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "一项核验及其结果；不含所签内容", "One check and how it ended; no contents"
    ),
)
class CheckMade:
    """One check of a certificate, or of what was refused."""

    words: strawberry.Private[Text | None]
    check: ProvenanceCheck = strawberry.field(description=both("核验项", "The check"))
    result: CheckResult = strawberry.field(description=both("结果", "The result"))
    code: CheckCode = strawberry.field(
        description=both("原因代码", "Why, as a code of a closed list")
    )

    @strawberry.field(description=both("代码的含义", "What the code means"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the code's meaning in ``language``."""
        return said(MEANINGS[self.code].text, language)

    @strawberry.field(
        description=both(
            "详情：证书状态，或拒绝的原因（英文）；无则为空",
            "What was found: the state, or why it was refused; null if no more is said",
        )
    )
    def detail(self, language: InLanguage = Language.ZH) -> str | None:
        """Return what was found in ``language``."""
        return None if self.words is None else said(self.words, language)

    @classmethod
    def of(cls, made: Made) -> Self:
        """Return a check as the graph shows it."""
        return cls(
            words=made.detail, check=made.check, result=made.result, code=made.code
        )


def checks_shown(
    certificate: ShownCertificate, services: Services, today: date
) -> list[CheckMade]:
    """Return the checks of a certificate; the log is asked, so this is kept nowhere."""
    if isinstance(certificate, UnsignedCertificate):
        return _shown(CHECKS_OF_UNSIGNED)
    known = Known(
        services.catalogue, services.bodies_by_name, services.inclusions, today
    )
    return _shown(checks_of(certificate, known))


def checks_of_refusal_shown(
    refusal: RefusedRecord, *, is_collected: bool
) -> list[CheckMade]:
    """Return the checks of what was refused."""
    return _shown(checks_of_refusal(refusal, is_collected=is_collected))


def _shown(made: Sequence[Made]) -> list[CheckMade]:
    return [CheckMade.of(one) for one in made]
