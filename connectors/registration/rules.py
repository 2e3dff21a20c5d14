"""Refuse steps by who takes them, and by what else is registered.

Everything here is asked inside the transaction that takes the step, so that of two
who race one is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.manifest import Manifest
from connectors.registration.connector import Connector
from connectors.registration.keys import RegisteredKey, RegisteredKeyState
from connectors.registration.lifecycle import IN_FORCE, LIVE
from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.submission import is_text
from connectors.secrets import NO_SECRETS, Secrets
from policy.catalogue import Catalogue
from policy.evidence import AccountState
from policy.identity_numbers import has_identity_number
from policy.normal_form import is_blank
from signing.trust import KeyState, TrustBundle, TrustedKey

MAX_REASON = 500
AGENCY = "agency:"
"""How a caller's id begins that signed in with an agency's key."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or agency that takes a step."""

    id: str
    is_approver: bool = False

    def owns(self, connector: Connector) -> bool:
        """Say whether they drafted the connector, or are its agency."""
        return self.id in (connector.owner, f"{AGENCY}{connector.id}")


@dataclass(frozen=True, slots=True)
class StepRequest:
    """A request for a step: its actor, the connector's version, and the reason."""

    actor: Actor
    connector: str
    version: int
    """The one the actor saw."""
    reason: str


@dataclass(slots=True)
class Configured:
    """The content of the operator's files: nobody may register it a second time.

    It is replaced when the files are read again.
    """

    manifests: Sequence[Manifest]
    bundle: TrustBundle
    secrets: Secrets = NO_SECRETS
    """What manifests name, of files and of those who register."""

    def manifest(self, id_: str) -> Manifest | None:
        """Return the manifest of an agency of the files."""
        return next((m for m in self.manifests if m.id == id_), None)

    def keys_of(self, institution: str) -> Sequence[TrustedKey]:
        """Return the keys of the bundle that an institution signs with."""
        return [
            key
            for key in self.bundle.keys.values()
            if key.institution == institution and key.state is KeyState.ACTIVE
        ]


@dataclass(frozen=True, slots=True)
class OthersClaims:
    """Everybody else who answers for rows: registered, and of the operator's files."""

    connectors: Sequence[Connector]
    configured: Configured
    replaced: frozenset[str]
    """The agencies of files whose place was taken."""


Replaced = Connector | Manifest | None
"""Whose place a connector takes: registered, of the files, or nobody's."""


def require_reason(reason: str) -> None:
    """Refuse a step without a reason, or with one that names a person for good.

    Raises:
        RegistrationError: ``REASON_MISSING``.
    """
    is_said = not is_blank(reason) and len(reason.strip()) <= MAX_REASON
    is_said = is_said and is_text(reason)
    if not is_said or has_identity_number(reason):
        raise RegistrationError(RefusalCode.REASON_MISSING)


def require_known(connector: Connector | None, id_: str) -> Connector:
    """Return ``connector`` if it is there.

    Raises:
        RegistrationError: ``UNKNOWN_CONNECTOR``.
    """
    if connector is None:
        raise RegistrationError(RefusalCode.UNKNOWN_CONNECTOR, ascii(id_[:80]))
    return connector


def require_own(connector: Connector, actor: Actor) -> None:
    """Refuse whom the connector is not.

    Raises:
        RegistrationError: ``NOT_YOURS``.
    """
    if not actor.owns(connector) and not actor.is_approver:
        raise RegistrationError(RefusalCode.NOT_YOURS, connector.id)


def require_version(connector: Connector, version: int) -> None:
    """Refuse who saw another version than there is.

    Raises:
        RegistrationError: ``CHANGED_MEANWHILE``.
    """
    if connector.version != version:
        raise RegistrationError(
            RefusalCode.CHANGED_MEANWHILE,
            f"version {version} was seen, {connector.version} is kept",
        )


def require_allowed(connector: Connector | None, asked: StepRequest) -> Connector:
    """Return the connector that a step is asked for, if the actor may act on it.

    Raises:
        RegistrationError: no reason, no such connector, not the actor's, or changed.
    """
    require_reason(asked.reason)
    known = require_known(connector, asked.connector)
    require_own(known, asked.actor)
    require_version(known, asked.version)
    return known


def require_second(connector: Connector, actor: Actor) -> None:
    """Refuse who would approve what is their own.

    Raises:
        RegistrationError: ``SAME_OPERATOR``.
    """
    first = {connector.owner, connector.submitted_by}
    first |= {key.proved_by for key in connector.keys}
    if actor.id in first:
        raise RegistrationError(RefusalCode.SAME_OPERATOR, actor.id)


def require_key(connector: Connector, kid: str) -> RegisteredKey:
    """Return a key of the connector.

    Raises:
        RegistrationError: ``UNKNOWN_KEY``.
    """
    key = connector.key(kid)
    if key is None:
        raise RegistrationError(RefusalCode.UNKNOWN_KEY, ascii(kid[:80]))
    return key


def require_usable_keys(
    connector: Connector,
    replaced: Replaced,
    configured: Configured,
    *states: RegisteredKeyState,
) -> None:
    """Refuse a connector whose signatures nobody could check.

    Raises:
        RegistrationError: ``NO_KEY``.
    """
    theirs = replaced.keys if isinstance(replaced, Connector) else ()
    # Whoever came by a file signs with a key of the bundle, however often it moved.
    in_files = () if replaced is None else configured.keys_of(connector.institution)
    is_known = (
        any(key.state in states for key in connector.keys)
        or any(key.state is RegisteredKeyState.ACTIVE for key in theirs)
        or any(key.scope & connector.items for key in in_files)
    )
    if not is_known:
        raise RegistrationError(RefusalCode.NO_KEY, connector.id)


def require_free_rows(
    connector: Connector, others: OthersClaims, catalogue: Catalogue
) -> Replaced:
    """Refuse rows that another connector has; return the one that is replaced.

    Raises:
        RegistrationError: ``OVERLAPPING_CLAIM``, ``REPLACES_UNUSABLE`` or
            ``ROWS_LEFT_OUT``.
    """
    replaced = _replaced(connector, others)
    if isinstance(replaced, Manifest):
        # A file's agency answers for all rows of its body, and nobody would for one
        # that is left out.
        rows = catalogue.rows_of(replaced.collection_body)
        if left_out := rows - connector.items:
            raise RegistrationError(
                RefusalCode.ROWS_LEFT_OUT, ", ".join(sorted(left_out))
            )
    for manifest in others.configured.manifests:
        if (
            manifest.collection_body == connector.institution
            and manifest.id not in others.replaced
            and manifest is not replaced
        ):
            raise RegistrationError(RefusalCode.OVERLAPPING_CLAIM, manifest.id)
    for other in others.connectors:
        if other.state not in IN_FORCE or other.id == connector.id or other == replaced:
            continue
        if common := connector.items & other.items:
            raise RegistrationError(
                RefusalCode.OVERLAPPING_CLAIM,
                f"{other.id}: {', '.join(sorted(common))}",
            )
    return replaced


def successors(connectors: Sequence[Connector]) -> dict[str, str]:
    """Return for every connector that was replaced the one that is in force now.

    What a connector names in ``replaces`` was in force when it was activated, and so
    had replaced what it names itself.
    """
    by_id = {connector.id: connector for connector in connectors}
    found: dict[str, str] = {}
    for connector in connectors:
        if connector.state not in LIVE:
            continue
        before = connector.submission.replaces
        while before is not None and before not in found and before != connector.id:
            found[before] = connector.id
            older = by_id.get(before)
            before = None if older is None else older.submission.replaces
    return found


def _replaced(connector: Connector, others: OthersClaims) -> Replaced:
    name = connector.submission.replaces
    if name is None:
        return None
    manifest = others.configured.manifest(name)
    if manifest is not None and name not in others.replaced:
        return _replaced_file(connector, manifest)
    found = next((other for other in others.connectors if other.id == name), None)
    if (
        found is None
        or found.state not in LIVE
        or found.id == connector.id
        or found.institution != connector.institution
    ):
        raise RegistrationError(RefusalCode.REPLACES_UNUSABLE, ascii(name[:80]))
    return found


def _replaced_file(connector: Connector, manifest: Manifest) -> Manifest:
    """Return the file that is replaced, if that is lawful.

    Raises:
        RegistrationError: ``REPLACES_UNUSABLE``.
    """
    if manifest.collection_body != connector.institution:
        raise RegistrationError(RefusalCode.REPLACES_UNUSABLE, manifest.id)
    if manifest.account is not AccountState.ACTIVE:
        # The operator froze it in the file; another address is no way round that.
        raise RegistrationError(
            RefusalCode.REPLACES_UNUSABLE, f"{manifest.id}: {manifest.account}"
        )
    return manifest


def require_new_id(id_: str, existing: Connector | None, others: OthersClaims) -> None:
    """Refuse an id that is somebody's, or was until a connector took the place.

    Raises:
        RegistrationError: ``ID_TAKEN``.
    """
    is_of_file = others.configured.manifest(id_) is not None or id_ in others.replaced
    if existing is not None or is_of_file:
        raise RegistrationError(RefusalCode.ID_TAKEN, id_)
