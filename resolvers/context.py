"""The services and the state that a request carries through the graph.

``Services`` lives as long as the process, ``RequestContext`` as long as one
request: one clock reading, one deadline and one batch an agency.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from strawberry.dataloader import DataLoader
from strawberry.types import Info as StrawberryInfo

from bureau.answer_loader import AnswerLoader
from bureau.caller import Caller, LookUp
from bureau.certificate_ids import CertificateIds
from bureau.collection import CollectedByOthers
from bureau.credentials.issuing import Credentials, NoCredentials
from bureau.events.cursors import Cursors
from bureau.events.events import Feeds
from bureau.evidence.making import EvidenceMaker
from bureau.ledger.book import LedgerBook
from bureau.ledger.evidence import Vault
from bureau.ledger.jurisdiction import Jurisdiction
from bureau.ledger.reading import DecisionReader
from bureau.ledger.reconciliation import LedgerEntries
from bureau.ledger.seen import RevocationsSeen
from bureau.licences import LicenceFinder
from bureau.look_ups.elements import ElementsError, pseudonymous
from bureau.look_ups.gate import Gate, Origin, Statement
from bureau.look_ups.oversight import Oversight
from bureau.look_ups.purpose import PurposeError
from bureau.privacy.masks import Mask, mask_of
from bureau.quality import QualityStore
from bureau.status import ChangesLoader, SentChanges
from bureau.transparency.inclusion import Inclusions, NoLog
from bureau.transparency.standing import NothingShown, ShownLog
from bureau.versions.held import Versions
from connectors.agency import Agency
from connectors.answer import Answer
from connectors.elements import NOT_STATED, Elements
from connectors.live import Live, Snapshot
from connectors.registration.office import RegistrationOffice
from policy.calendar import SHANGHAI
from policy.catalogue import Body, Catalogue
from policy.identity import Identity
from policy.parameters import Parameters
from policy.payments import Payments
from resolvers.aside import Aside
from resolvers.fragment_cache.renderings import Renderings
from resolvers.subscriptions.encoded import Encoded


@dataclass(frozen=True, slots=True)
class Services:
    """The services that every request may use."""

    live: Live
    """The agencies and keys in force."""
    catalogue: Catalogue
    bodies_by_name: Mapping[str, Body]
    """The annex's bodies, by every name and alias in the form of ``same_words``."""
    parameters: Parameters
    certificate_ids: CertificateIds
    oversight: Oversight
    """What keeps look-ups of people accountable."""
    registration: RegistrationOffice
    """Where agencies and operators take their steps."""
    quality: QualityStore
    """What is counted of agencies' data."""
    sent_changes: SentChanges
    """What agencies sent of certificates' states."""
    collected: CollectedByOthers
    """What was collected, here and by other gateways."""
    licences: LicenceFinder
    """Finds what was collected by a licence's id."""
    versions: Versions
    """Which version of each certificate was seen last."""
    ledger: LedgerBook
    """What was decided on claims, and what is claimed back."""
    revocations: RevocationsSeen
    """Takes the revocations that are read in answers."""
    decisions: DecisionReader
    """Where decisions are read back."""
    entries: LedgerEntries
    """What lists of claims are compared with."""
    vault: Vault | None
    """Seals the signed bytes that decisions rest on; without, nothing is decided."""
    evidence: EvidenceMaker
    """Makes bundles that prove decisions without us."""
    feeds: Feeds
    """What happened, to be followed."""
    cursors: Cursors
    """How places in the order of events are written."""
    clock: Callable[[], datetime]
    deadline_seconds: float
    credentials: Credentials = field(default_factory=NoCredentials)
    """Issues credentials of certificates."""
    inclusions: Inclusions = field(default_factory=NoLog)
    """What is in the transparency log."""
    log: ShownLog = field(default_factory=NothingShown)
    """That log as a whole."""
    renderings: Renderings = field(default_factory=Renderings)
    """What plans keep of what was shown before."""
    encoded: Encoded = field(default_factory=Encoded)
    """Events as they are sent to whoever follows them."""


class UncountedLookUpError(Exception):
    """A field looks up more people than it declares: a bug of ours.

    Its people would have passed the limit on people, and the rule that they are asked
    about by POST (``resolvers.documents.directives.LooksUpPeople``).
    """

    def __init__(self, counted: int) -> None:
        super().__init__(f"somebody is looked up beside the {counted} counted")


class Turn(Protocol):
    """The right to be in work, of which a caller has so many."""

    def lend(self) -> None:
        """Let another question have it, while this one waits for agencies."""

    def take_back(self) -> None:
        """Have it again."""


class NoTurn:
    """The turn of what needs none."""

    def lend(self) -> None:
        """Do nothing."""

    def take_back(self) -> None:
        """Do nothing."""


@dataclass(slots=True)
class RequestContext:
    """One request: when it came, until when it may take, what it asked already."""

    services: Services
    caller: Caller
    look_up: LookUp | PurposeError | None = None
    """Why people are looked up (``resolvers.look_ups.look_up_of``): from the request,
    else the caller's; an error if it was said in a way that cannot be used."""
    elements: Elements | ElementsError = NOT_STATED
    """What the request states of the five elements (``resolvers.elements``), with the
    officer in full."""
    request_id: str | None = None
    """What the log calls this request."""
    operation: str | None = None
    """The operation's name in the caller's document."""
    document: str | None = None
    """The document's text."""
    origin: Origin | None = None
    """What all its look-ups are recorded with; ``None`` until there is one."""
    people: int = 0
    """How many people its document was counted to look up at most
    (``Prepared.people``); the gate lets no more pass."""
    judges_claims: bool = False
    """Whether the document judges a claim, so that the ledger is asked."""
    payments: DataLoader[Identity, Payments | None] | None = None
    """Asks the ledger for all people of a request at once (``ledger.paid``)."""
    last_event_id: str | None = None
    """The last event that a client had before it was cut off, as SSE says it."""
    turn: Turn = field(default_factory=NoTurn)
    """Its caller's turn, that it holds."""
    waited_seconds: float = 0.0
    """How long it waited to begin, which is of the time that agencies have."""
    mask: Mask = field(init=False)
    """What of personal data the caller sees."""
    stated: Statement = field(init=False)
    """What it states of its look-ups, with the officer's pseudonym."""
    gate: Gate = field(init=False)
    """Lets this request's look-ups of people pass."""
    changes: ChangesLoader = field(init=False)
    """Puts what was sent on what is handed out."""
    now: datetime = field(init=False)
    today: date = field(init=False)
    deadline: float = field(init=False)
    """Until when agencies may answer, on the event loop's clock."""
    snapshot: Snapshot = field(init=False)
    """The agencies and keys that this request is answered with."""
    aside: Aside = field(init=False, default_factory=Aside)
    """Does what takes long by itself, and asks nobody."""
    answered: list[Sequence[Answer]] = field(init=False, default_factory=list)
    """The agencies' answers, of each look-up of a person that was answered."""
    _looked_up: int = field(init=False, default=0)
    _loaders: dict[str, AnswerLoader] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read the clock once, and look once which agencies there are."""
        self.snapshot = self.services.live.snapshot
        self.now = self.services.clock()
        self.today = self.now.astimezone(SHANGHAI).date()
        self.mask = mask_of(self.caller)
        services = self.services
        elements = self.elements
        if not isinstance(elements, ElementsError):
            of_officer = services.oversight.pseudonyms.of_officer
            elements = pseudonymous(elements, of_officer)
        self.stated = Statement(self.look_up, elements)
        self.gate = Gate(
            services.oversight,
            self.caller,
            self.stated,
            now=self.now,
            today=self.today,
            is_of_one=self.people == 1,
        )
        self.changes = ChangesLoader(services.sent_changes, services.certificate_ids)
        arrived = asyncio.get_running_loop().time() - self.waited_seconds
        self.deadline = arrived + self.services.deadline_seconds

    def count_look_up(self) -> None:
        """Count that somebody is looked up, before anybody is.

        Raises:
            UncountedLookUpError: more are than the document was counted for.
        """
        self._looked_up += 1
        if self._looked_up > self.people:
            raise UncountedLookUpError(self.people)

    def loader(self, agency: Agency) -> AnswerLoader:
        """Return this request's loader for ``agency``: one batch for all its people."""
        loader = self._loaders.get(agency.id)
        if loader is None:
            loader = self._loaders[agency.id] = AnswerLoader(
                agency,
                self.deadline,
                self.gate.has_admitted,
                self.stated.told,
                caller=self.caller.id,
            )
        return loader

    @property
    def jurisdiction(self) -> Jurisdiction:
        """Say which authority leads for what, by the agencies in force."""
        services = self.services
        return Jurisdiction(
            services.catalogue, self.snapshot.registry, services.registration.store
        )

    @property
    def agencies(self) -> Sequence[Agency]:
        """Return the agencies in force."""
        return self.snapshot.registry.agencies


Info = StrawberryInfo[RequestContext, None]
