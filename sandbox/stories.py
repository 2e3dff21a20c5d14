"""Define a story person: certificates, and the answer expected of them.

The persons themselves are in ``story_persons``. What is expected of each is written
there by hand, never computed; ``tests/sandbox/test_stories.py`` compares it with what
``policy`` finds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from policy.eligibility import EligibilityOutcome
from sandbox.agency import AgencyId
from sandbox.certificates import Entry, Holder


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of notice 219 on a certificate, without a claim."""

    outcome: EligibilityOutcome
    not_met: tuple[str, ...] = ()  # clauses that are unmet or undetermined


@dataclass(frozen=True, slots=True)
class StoryCertificate:
    """A certificate in a registry and, if it verifies, the verdict to expect."""

    agency: AgencyId
    entry: Entry
    verdict: Verdict

    @property
    def is_believed(self) -> bool:
        """Whether its signature is as it should be."""
        return self.entry.fault is None


@dataclass(frozen=True, slots=True)
class Story:
    """An invented person about whom there is one thing to learn."""

    id: str
    zh: str
    en: str
    holder: Holder
    certificates: tuple[StoryCertificate, ...]

    @property
    def sources(self) -> Mapping[AgencyId, str]:
        """Return the outcome of asking each agency, while none has a fault."""
        return MappingProxyType({agency: self._source(agency) for agency in AgencyId})

    def _source(self, agency: AgencyId) -> str:
        held = [found for found in self.certificates if found.agency is agency]
        if not held:
            return "NONE"
        return "ANSWERED" if all(c.is_believed for c in held) else "UNVERIFIED"


def describe(stories: tuple[Story, ...], today: date) -> dict[str, Any]:
    """Return the content of ``stories.json``."""
    return {
        "today": today.isoformat(),
        "agencies": list(AgencyId),
        "persons": [_person(story) for story in stories],
    }


def _person(story: Story) -> dict[str, Any]:
    identity = story.holder.identity
    return {
        "id": story.id,
        "zh": story.zh,
        "en": story.en,
        "idType": identity.type,
        "idNumber": identity.number,
        "name": story.holder.name,
        "assessors": sorted(_assessors(story)),
        "sources": dict(story.sources),
        "certificates": [
            {
                "agency": certificate.agency,
                "itemCode": certificate.entry.record.item_code,
                "level": certificate.entry.record.level,
                "eligibility": certificate.verdict.outcome,
                "notMet": list(certificate.verdict.not_met),
            }
            for certificate in story.certificates
            if certificate.is_believed
        ],
    }


def _assessors(story: Story) -> set[str]:
    """Return who assessed the person, by the codes that are signed."""
    examinations = [one.entry.record.examination for one in story.certificates]
    codes = [one.assessor for one in examinations if one is not None]
    return {code for code in codes if code is not None}
