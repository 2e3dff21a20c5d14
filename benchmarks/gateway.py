"""Configure and start our gateway as an operator does: nothing is switched off.

Production mode, a bearer token, trusted documents, the audit log on disk, limits,
sources and metrics. What an operator with such a load would raise is raised: how many
people a caller may look up in a day, how many questions it may have under way, and how
long they may wait to begin.
"""

import hashlib
import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from benchmarks import duties
from benchmarks.minting import MAX_AGE_SECONDS, Corpus
from benchmarks.people import AGENCIES
from benchmarks.processes import BenchmarkError, started
from benchmarks.questions import (
    CREDENTIALS,
    OFFICES,
    PAYERS,
    ROOT,
    TOKEN,
    TRUSTED,
    Dialect,
    question_about,
)
from benchmarks.stage import (
    COLLECTED,
    Checkout,
    Contender,
    Phase,
    Server,
    Stage,
    await_answer,
    free_port,
)
from benchmarks.transfers import LINES_A_TRANSFER, line, send

NAMES = (
    *("id_type", "id_number", "holder_name", "number", "title", "category", "item"),
    *("item_code", "level", "first_issued_on", "issued_on", "valid_from"),
    *("valid_until", "review_due_on", "state", "authority", "evaluation_body"),
    *("collection_body", "held", "state_since"),
)
LEVELS = ("UNGRADED", *(f"LEVEL_{grade}" for grade in range(1, 6)))
SECRET_MODE = 0o600
BATCH_LIMIT = 100
"""The manifest's default."""
LOGGED_SECONDS = 600
"""How long the log may take to have all that agencies have."""
RECEIPT_KEY = "receipt-key.pem"
LOG_KEY = "log.key"
KEY_BYTES = {"certificate-id.key": 64, "pseudonym.key": 32, "evidence.key": 32}


def configure(  # noqa: PLR0913 - what a configuration is made of
    folder: Path,
    corpus: Corpus,
    addresses: Mapping[str, str],
    second_addresses: Mapping[str, str] = MappingProxyType({}),
    *,
    port: int,
    ttl_seconds: float,
    batch_limit: int = BATCH_LIMIT,
    database_url: str = "sqlite:///gateway.db",
    is_for_offices: bool = True,
    is_patient: bool = False,
    has_issuer: bool = False,
    has_receipts: bool = False,
    is_collected: bool = False,
    has_log: bool = False,
) -> Path:
    """Write settings, manifests, keys and trusted documents; return the settings.

    Another checkout, of an earlier version, knows nothing that ``is_for_offices``, and
    lets nobody wait who ``is_patient``. Where ``is_collected``, no agency is asked;
    where it ``has_log``, a log is signed.
    """
    manifests = folder / "manifests"
    manifests.mkdir(parents=True)
    for agency, address in addresses.items():
        second = second_addresses.get(agency, "")
        where = Where(address, second, batch_limit)
        text = manifest(agency, None if is_collected else where, ttl_seconds)
        (manifests / f"{agency}.toml").write_text(text, "utf-8")
    for name in KEY_BYTES:
        (folder / name).touch(SECRET_MODE)
        (folder / name).write_text(key_of(name).hex(), "ascii")
    trusted = [d for d in TRUSTED if is_for_offices or d not in OFFICES]
    documents = {hashlib.sha256(d.encode()).hexdigest(): d for d in trusted}
    (folder / "trusted.json").write_text(json.dumps(documents), "utf-8")
    if has_issuer:
        (folder / "issuer.json").write_text(json.dumps(duties.key_set()), "utf-8")
    if has_log:
        (folder / LOG_KEY).touch(SECRET_MODE)
        (folder / LOG_KEY).write_text(secrets.token_hex(32), "ascii")
    if has_receipts:
        (folder / RECEIPT_KEY).touch(SECRET_MODE)
        (folder / RECEIPT_KEY).write_bytes(
            Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
        )
    config = folder / "gateway.toml"
    payers = PAYERS if is_for_offices else ()
    config.write_text(
        f"port = {port}\n"
        'manifests = "manifests"\n'
        f'trust_bundle = "{corpus.trust_bundle}"\n'
        'certificate_id_key_file = "certificate-id.key"\n'
        'pseudonym_key_file = "pseudonym.key"\n'
        + ('evidence_key_file = "evidence.key"\n' if is_for_offices else "")
        + (f'receipt_key_file = "{RECEIPT_KEY}"\n' if has_receipts else "")
        + 'trusted_documents = "trusted.json"\n'
        f'database_url = "{database_url}"\n'
        '\n[roles]\nofficer = ["certificates:read", "identity:read"]\n'
        'payer = ["certificates:read", "identity:read", "payments:write"]\n'
        + _caller("benchmark", "officer", TOKEN)
        + "".join(_caller(token, "payer", token) for token in payers)
        + (duties.issuer_table("issuer.json") if has_issuer else "")
        + "\n[privacy]\npeople_a_day = 10000000\n"
        "\n[http]\nconcurrent_requests = 1000\n"
        + ("request_seconds = 120\n" if is_for_offices else "")
        + ("wait_seconds = 10\n" if is_patient else "")
        + (MANY_CONNECTIONS if is_for_offices else "")
        + (LOG_TABLE if has_log else ""),
        "utf-8",
    )
    return config


MANY_CONNECTIONS = (
    "connections_an_address = 10000\n"
    "\n[subscriptions]\nconnections = 10000\nconnections_a_caller = 10000\n"
)
"""All who ask are at one address, and all who follow are one caller."""
LOG_TABLE = f"""
[transparency]
origin = "log.example/benchmark"
key_file = "{LOG_KEY}"
"""


def key_of(name: str) -> bytes:
    """Return the gateway's key in the file of that name."""
    return hashlib.shake_256(name.encode()).digest(KEY_BYTES[name])


def _caller(name: str, role: str, token: str) -> str:
    """Return the table of a caller."""
    return (
        f'\n[[tokens]]\ncaller = "{name}"\nroles = ["{role}"]\n'
        f'sha256 = "{hashlib.sha256(token.encode()).hexdigest()}"\n'
        'purpose = "SUBSIDY_CLAIM"\ncase_number = "benchmark"\n'
    )


@dataclass(frozen=True, slots=True)
class Where:
    """Where an agency is asked, and about how many people at once."""

    address: str
    second_address: str
    batch_limit: int

    def endpoint(self) -> str:
        """Return what a manifest says of it."""
        second = self.second_address
        return (
            f'protocol = "rest"\nurl = "{self.address}"\n'
            f"batch_limit = {self.batch_limit}"
            + (f'\nsecond_url = "{second}"' if second else "")
        )


def manifest(agency: str, where: Where | None, ttl_seconds: float) -> str:
    """Return the manifest of an agency: one JWS a record, our field names.

    It is asked by REST at an address, or sends what it has.
    """
    endpoint = 'protocol = "collected"' if where is None else where.endpoint()
    fields = "\n".join(f'{name} = "{_camel(name)}"' for name in NAMES)
    levels = "\n".join(f'{level} = "{level}"' for level in LEVELS)
    return (
        f'id = "{agency}"\nauthority = "{agency}"\n'
        f'collection_body = "{AGENCIES[agency]}"\n'
        f"\n[endpoint]\n{endpoint}\n"
        '\n[response]\nabsence = "absence"\n'
        f'\n[signature]\nform = "record"\nmax_age_seconds = {MAX_AGE_SECONDS}\n'
        f"\n[cache]\nttl_seconds = {ttl_seconds}\n"
        f"\n[record]\n{fields}\n"
        f"\n[record.values.level]\n{levels}\n"
        '\n[record.values.state]\nVALID = "VALID"\nREVOKED = "REVOKED"\n'
    )


@contextmanager
def open_gateway(config: Path, checkout: Checkout, core: int) -> Iterator[int]:
    """Run ``gateway serve``; yield its process id at once."""
    # The folder we are in comes first on the path with -m, so that another checkout's
    # packages are its own even where its Python has ours installed.
    command = [str(checkout.python), "-m", "gateway", "serve", "--config", str(config)]
    with started(
        command,
        core=core,
        log=config.parent / "gateway.log",
        folder=checkout.source,
        # An installed package is compiled; so is a checkout that was started once.
        environment={"PYTHONDONTWRITEBYTECODE": ""},
    ) as process:
        yield process.pid


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


TTL_SECONDS: Mapping[Phase, float] = MappingProxyType(
    {
        # What revocations allow is small; nobody is asked about twice in it.
        Phase.SEEN: 0,
        Phase.BATCH_SEEN: 0,
        Phase.CLAIMS_SEEN: 0,
        Phase.LATENCY: 0,
        Phase.MEMORY: 0,
        Phase.SCALE: 0,
        Phase.WARM: 3600,
        Phase.WARM_DUTIES: 3600,
        Phase.RECEIPTS: 3600,
    }
)
DUTIES = frozenset({Phase.COLD_DUTIES, Phase.WARM_DUTIES})
"""The phases in which who asks has a signed token."""
DEFAULT_TTL_SECONDS = 10
"""The manifest's default."""


@contextmanager
def open_contender(stage: Stage, phase: Phase, folder: Path) -> Iterator[Server]:
    """Start the gateway for a phase; see ``Contender.open``."""
    is_collected = phase in COLLECTED
    if is_collected:
        shutil.copy(collected_file(stage), folder / "gateway.db")
    with open_on(
        stage,
        phase,
        folder,
        stage.cores.server,
        batch_limit=1 if phase is Phase.COLD else BATCH_LIMIT,
        is_for_offices=False,
        is_collected=is_collected,
    ) as server:
        yield server


def collected_file(stage: Stage) -> Path:
    """Return a database with all that agencies have, sent to a gateway like this."""
    path = stage.folder / "collected.db"
    if path.exists():
        return path
    folder = stage.folder / "collected"
    with open_on(
        stage, Phase.COLLECTED, folder, stage.cores.server, is_collected=True
    ) as server:
        first = question_about(server.dialect)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        send_all(server, stage.corpus)
        _await_logged(folder / "gateway.db")
    # Whoever closes a database last writes into its file what was written ahead.
    (folder / "gateway.db").rename(path)
    return path


def _await_logged(database: Path) -> None:
    """Wait until the log has what was sent: it is no part of what is asked later.

    Raises:
        BenchmarkError: it does not get there.
    """
    ends_at = time.monotonic() + LOGGED_SECONDS
    with closing(sqlite3.connect(database)) as connection:

        def some(where: str) -> bool:
            return connection.execute(f"SELECT 1 FROM {where}").fetchone() is not None  # noqa: S608

        # An earlier version has no such log.
        has_log = some("sqlite_master WHERE name = 'log_queue'")
        while has_log and some("log_queue LIMIT 1"):
            if time.monotonic() > ends_at:
                raise BenchmarkError("what was sent is not in the log yet")
            time.sleep(0.2)


def send_all(server: Server, corpus: Corpus) -> None:
    """Send the gateway what agencies have."""
    for agency in AGENCIES:
        lines = _lines(corpus, agency)
        while some := list(islice(lines, LINES_A_TRANSFER)):
            send(server, agency, some)


def _lines(corpus: Corpus, agency: str) -> Iterator[bytes]:
    """Yield the agency's records as it sends them, but for forged people's."""
    sizes, sequence = corpus.sizes, 0
    with corpus.of_agency(agency).open(encoding="utf-8") as file:
        for index, entry in enumerate(file):
            if sizes.forged_from <= index < sizes.wide_from:
                continue
            for record in json.loads(entry.partition("\t")[2])["records"]:
                sequence += 1
                yield line(sequence, record)


GATEWAY = Contender("gateway", "this gateway", frozenset(Phase), open_contender)


@contextmanager
def opened_beside(
    stage: Stage, phase: Phase, cores: Sequence[int]
) -> Iterator[list[Server]]:
    """Start a gateway a core, all with one database, and wait until each answers."""
    folder = stage.folder / f"beside-{time.monotonic_ns()}"
    with ExitStack() as stack:
        servers = []
        for place, core in enumerate(cores):
            shared = f"sqlite:///{folder / 'shared.db'}"
            opening = open_on(
                stage,
                phase,
                folder / str(place),
                core,
                shared,
                is_for_offices=False,
            )
            server = stack.enter_context(opening)
            first = question_about(server.dialect)(stage.corpus.sizes.checked_from)
            await_answer(server, first.body)
            servers.append(server)
        yield servers


@contextmanager
def open_on(  # noqa: PLR0913 - as ``configure``
    stage: Stage,
    phase: Phase,
    folder: Path,
    core: int,
    database_url: str = "sqlite:///gateway.db",
    *,
    batch_limit: int = BATCH_LIMIT,
    is_for_offices: bool = True,
    is_patient: bool = True,
    is_collected: bool = False,
    has_log: bool = False,
) -> Iterator[Server]:
    """Start a gateway on a core, with a database; it may not answer yet."""
    port = free_port()
    config = configure(
        folder,
        stage.corpus,
        stage.addresses,
        stage.second_addresses,
        port=port,
        ttl_seconds=TTL_SECONDS.get(phase, DEFAULT_TTL_SECONDS),
        batch_limit=batch_limit,
        database_url=database_url,
        is_for_offices=is_for_offices,
        is_patient=is_patient and stage.checkout.source == ROOT,
        has_issuer=phase in DUTIES,
        has_receipts=phase is Phase.RECEIPTS,
        is_collected=is_collected,
        has_log=has_log,
    )
    with open_gateway(config, stage.checkout, core) as pid:
        log = folder / "gateway.log"
        server = Server("gateway", port, Dialect.GATEWAY, [pid], log=log)
        if phase in DUTIES:
            server.credentials = duties.headers()
        if phase is Phase.RECEIPTS:
            server.credentials = {**CREDENTIALS, "Prefer": "receipt"}
        yield server
