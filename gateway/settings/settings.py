"""Every option of the gateway, read once: a TOML file, then the environment.

One field an option, described under it and in ``docs/operating.md``; a test
compares the two. A scalar option may be set as ``GATEWAY_<OPTION>`` too, which wins
over the file; an unknown ``GATEWAY_*`` variable stops the start. Paths are taken
from the folder of the file. There is no default for a secret.
"""

import difflib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from bureau.certificate_ids import KEY_BYTES
from connectors.strict_toml import TableError, read_table
from gateway.errors import StartError
from gateway.help.language import VARIABLE
from gateway.settings.callers import (
    AgencyCallers,
    ClientCertificate,
    District,
    Issuer,
    Sha256,
    Token,
)
from gateway.settings.collection import Collection
from gateway.settings.console import Console
from gateway.settings.credentials import Credentials
from gateway.settings.http import Http
from gateway.settings.privacy import Privacy
from gateway.settings.providers import ProviderOptions, require_whole
from gateway.settings.receipts import Receipts
from gateway.settings.reconciliation import Reconciliation
from gateway.settings.registration import Registration
from gateway.settings.secrets import SecretSource
from gateway.settings.subscriptions import Subscriptions
from gateway.settings.tls import Tls
from gateway.settings.traces import Traces
from gateway.settings.transparency import Transparency
from resolvers.documents.limits import Limits

PREFIX = "GATEWAY_"
SQLITE = "sqlite:///"
PATHS = (
    "manifests",
    "trust_bundle",
    "certificate_id_key_file",
    "pseudonym_key_file",
    "evidence_key_file",
    "trusted_documents",
    "graphiql_stories",
    "receipt_key_file",
    "signing_keys_file",
)
TABLES = (
    "tokens",
    "roles",
    "role_districts",
    "issuers",
    "agency_callers",
    "client_certificates",
    "client_certificate_proxies",
    "router_tokens",
    "tls",
    "http",
    "limits",
    "privacy",
    "registration",
    "collection",
    "reconciliation",
    "subscriptions",
    "transparency",
    "console",
    "traces",
    "secrets",
    "providers",
    "graphiql_tokens",
)
"""Options that are no scalars: they stand in the file alone."""


class Mode(StrEnum):
    """A mode of serving."""

    PRODUCTION = "production"
    """Trusted documents only; the schema is shown to callers with schema:read."""
    DEMO = "demo"
    """Any document; the schema is shown to everybody."""


class Profile(StrEnum):
    """What a configuration has to meet."""

    MLPS3 = "mlps3"
    """What level three of 等级保护 and 密码应用 asks of an application."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All options of the gateway."""

    manifests: str
    """The folder of the agencies' manifests, one ``*.toml`` each."""
    trust_bundle: str
    """The file with the keys whose signatures are believed."""
    certificate_id_key_file: str
    """A file with 128 hexadecimal digits: the key that seals certificate ids."""
    pseudonym_key_file: str
    """A file with 64 hexadecimal digits: the key that makes people's pseudonyms."""
    evidence_key_file: str | None = None
    """A file with 64 hexadecimal digits: the key that seals what decisions rest on."""
    receipt_key_file: str | None = None
    """A PEM file with the key that signs receipts, and others to be published."""
    signing_keys_file: str | None = None
    """A TOML file: the keys that providers sign receipts with, and when each does."""
    providers: dict[str, ProviderOptions] = {}
    """Who keeps the gateway's signing keys, by name."""
    receipts: Receipts = Receipts.ASKED
    """Who gets a receipt with an answer: who asks for one, everybody, or nobody."""
    receipt_issuer: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = (
        "certificate-gateway"
    )
    """What receipts call this gateway: best its address."""
    credentials: Credentials = Credentials()
    """Whether certificates are given as credentials, for wallets and others."""
    tokens: list[Token]
    """Who may ask: callers by the SHA-256 of their bearer tokens."""
    roles: dict[str, tuple[str, ...]] = {}
    """Names for bundles of scopes."""
    role_districts: dict[str, tuple[District, ...]] = {}
    """The districts that a role acts for, by the role's name."""
    issuers: tuple[Issuer, ...] = ()
    """OAuth 2 authorization servers whose access tokens are accepted."""
    agency_callers: AgencyCallers | None = None
    """What agencies may do that sign in with their own keys; else they may not."""
    client_certificates: tuple[ClientCertificate, ...] = ()
    """Who may ask with a client certificate and no token."""
    router_tokens: tuple[Sha256, ...] = ()
    """The SHA-256 of the tokens of supergraphs' routers, whose documents are run."""
    client_certificate_proxies: tuple[str, ...] = ()
    """Addresses and networks whose Client-Cert header is believed (RFC 9440)."""
    tls: Tls | None = None
    """The gateway's own TLS; without, a proxy ends it."""
    database_url: Annotated[
        str, msgspec.Meta(pattern=r"\A(sqlite:///.|postgresql://)")
    ] = "sqlite:///var/gateway.db"
    """Where the gateway keeps what it must remember: the audit log, used tokens."""
    privacy: Privacy = Privacy()
    """How long look-ups are on record, and how many people one may look up."""
    registration: Registration = Registration()
    """Where agencies that register themselves may be."""
    collection: Collection = Collection()
    """How much agencies may send at once."""
    secrets: dict[str, SecretSource] = {}
    """What manifests name instead of saying it, by its name."""
    profile: Profile | None = None
    """What has to be met, or the start is refused."""
    mode: Mode = Mode.PRODUCTION
    """Whether callers may run any document and see the schema, or few may."""
    trusted_documents: str | None = None
    """A manifest of documents that every caller may run, beside the built-in one."""
    limits: Limits = Limits()
    """How much one question may ask for."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    """The port to listen on; 0 takes a free one."""
    deadline_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 2.0
    """How long a request waits for agencies before it answers without them."""
    max_body_bytes: Annotated[int, msgspec.Meta(ge=1_000, le=10_000_000)] = 400_000
    """The largest request body that is read."""
    http: Http = Http()
    """How long, how often and from where one may ask."""
    reconciliation: Reconciliation = Reconciliation()
    """How much a list of claims may be that is compared with the ledger."""
    subscriptions: Subscriptions = Subscriptions()
    """How many may follow events, and how long who says nothing is waited for."""
    transparency: Transparency = Transparency()
    """Who signs how long the log of hashes is, who cosigns it, and who may read it."""
    console: Console = Console()
    """Pages for people, and how long they stay signed in."""
    graphiql: bool = False
    """Whether browsers get GraphiQL at ``/graphql``."""
    graphiql_token: str | None = None
    """A token GraphiQL starts with. Anyone who loads the page can read it."""
    graphiql_id_number: str = ""
    """The identity number in GraphiQL's first example."""
    graphiql_tokens: dict[str, str] = {}
    """Tokens of GraphiQL's example tabs by role; for demos, as anyone can read them."""
    graphiql_stories: str | None = None
    """A sandbox's ``stories.json``: the people that a demo's pages lead to."""
    reload_seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.25
    """How often the files are looked at for changes; 0: never, on SIGHUP alone."""
    slow_question_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.0
    """After how long a question gets a line of its own in the log; 0: never."""
    traces: Traces = Traces()
    """Where traces of requests go."""
    log_format: Annotated[str, msgspec.Meta(pattern=r"^(json|console)$")] = "json"
    """``json`` for machines, ``console`` for people."""


def load_settings(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read the options in ``path``, overruled by ``environment``.

    Raises:
        StartError: the file cannot be read, or an option is unknown or wrong.
    """
    try:
        settings = read_table(path.read_text(encoding="utf-8"), Settings)
    except (OSError, UnicodeDecodeError, TableError) as error:
        raise StartError(f"{path}: {error}") from None
    _ = settings.registration.networks  # at the start, not at the first registration
    require_whole(settings.providers)
    changes = {
        name: _from_environment(name, value)
        for name, value in environment.items()
        if name.startswith(PREFIX) and name != VARIABLE
    }
    folder = path.parent
    for name in PATHS:
        value = changes.get(f"{PREFIX}{name.upper()}", getattr(settings, name))
        if value is not None:
            changes[f"{PREFIX}{name.upper()}"] = str(folder / str(value))
    url = str(changes.get(f"{PREFIX}DATABASE_URL", settings.database_url))
    if url.startswith(SQLITE):
        database = folder.resolve() / url.removeprefix(SQLITE)
        changes[f"{PREFIX}DATABASE_URL"] = f"{SQLITE}{database}"
    settings = msgspec.structs.replace(
        settings,
        issuers=tuple(issuer.in_folder(folder) for issuer in settings.issuers),
        tls=None if settings.tls is None else settings.tls.in_folder(folder),
        transparency=settings.transparency.in_folder(folder),
        secrets={n: one.in_folder(folder) for n, one in settings.secrets.items()},
        providers={n: one.in_folder(folder) for n, one in settings.providers.items()},
    )
    return msgspec.structs.replace(
        settings, **{_option(name): value for name, value in changes.items()}
    )


def _option(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower()


def _from_environment(variable: str, value: str) -> object:
    """Return the option that ``variable`` sets.

    Raises:
        StartError: there is none of that name, or ``value`` does not fit it.
    """
    fields = {
        f"{PREFIX}{field.encode_name.upper()}": field.type
        for field in msgspec.structs.fields(Settings)
        if field.name not in TABLES
    }
    if variable not in fields:
        near = difflib.get_close_matches(variable, fields, n=1, cutoff=0)[0]
        raise StartError(f"unknown variable {variable}; the nearest option is {near}")
    try:
        return msgspec.convert(value, fields[variable], strict=False)
    except msgspec.ValidationError as error:
        raise StartError(f"{variable}: {error}") from None


def read_certificate_id_key(path: Path) -> bytes:
    """Return the key that seals certificate ids.

    Raises:
        StartError: the file is missing or not 128 hexadecimal digits.
    """
    remedy = f"make one with: openssl rand -hex {KEY_BYTES} > {path}"
    try:
        key = bytes.fromhex(path.read_text(encoding="utf-8-sig").strip())
    except (OSError, ValueError):
        raise StartError(f"{path} holds no key in hexadecimal; {remedy}") from None
    if len(key) != KEY_BYTES:
        raise StartError(f"{path} holds {len(key)} bytes, not {KEY_BYTES}; {remedy}")
    return key
