"""The names and files that commands are filled in with."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.conformance.codes import FindingCode
from connectors.manifest import Manifest
from gateway.doctor.advice import ADVICE
from gateway.doctor.codes import Fault, Found, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where everything of one agency is."""

    manifest: str
    trust: str
    config: str
    gateway: str
    rules: Manifest

    def found(
        self, step: Step, code: Fault | FindingCode, place: str, detail: str = ""
    ) -> Found:
        """Return a fault, with what is typed about it here."""
        advice = ADVICE[code]
        url = urlsplit(self.rules.endpoint.url)
        port = url.port or (443 if url.scheme == "https" else 80)
        command = advice.command.format(
            manifest=self.manifest,
            trust=self.trust,
            config=self.config,
            gateway=self.gateway,
            url=self.rules.endpoint.url,
            host=url.hostname,
            port=port,
            institution=self.rules.collection_body,
            list=self.rules.status_list.url,
        )
        return Found(step, code, place, detail, advice, command)
