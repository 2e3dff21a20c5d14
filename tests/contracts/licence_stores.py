"""Two licence stores that differ in whatever may differ, and who asks them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from connectors.agency import Agency
from connectors.collection.connector import CollectedRecord, CollectedRecords
from connectors.elements import Element, Elements, Told, told_of
from connectors.manifest import Manifest, read_manifest
from connectors.protocols.licence_store import LicenceStoreConnector
from connectors.registry import open_agency
from connectors.secrets import Secret, Secrets
from gateway.clock import utc_now
from policy.catalogue import load_catalogue
from policy.identity import Identity, parse_identity
from signing.trust import read_trust_bundle
from tests.connectors.guard.slow_agency import Notes
from tests.running import Agencies

EMERGENCY = "emergency-management"
STORE = "licence-store"
PASSWORD = "password-of-the-store"
USUAL = Path("sandbox/stores/licence-store.toml").read_text("utf-8")
OTHER = """
id = "licence-store"
authority = "emergency-management"
collection_body = "shanghai-work-safety-institute"

[endpoint]
protocol = "licence-store"
url = "http://127.0.0.1:9105/"
timeout_seconds = 3.0
batch_limit = 5

[licence_store]
account = "sh-hr"
password = "secret:licence-store"
login_path = "zzk/sso/open"
account_member = "loginName"
password_member = "loginKey"
session = "token"
session_header = "X-Zzk-Token"
session_seconds = 300
check_path = "zzk/person/verify"
id_member = "idNum"
name_member = "personName"
name_required = true
from_member = "beginOn"
until_member = "endOn"
holder_code = "personCode"
checked_number = "number"
code_seconds = 120
data_path = "zzk/licence/list"
code_member = "person"
type_member = "kind"
use_member = "purpose"
use = "HR"
rows = "licensedatas"
signed = "signature"
licence_file = "license_file.url"
code = "status"
good_codes = ["0", "00"]
stale_codes = ["10", "11"]
data = "result"

[request.element_headers]
organisation = "X-Org"
officer = "X-Officer"

[request.elements]
matter_name = "matter"
matter_code = "matterCode"
business_number = "serial"

[signature]
form = "none"
unsigned = "shown"

[record]
id_type = "holder_identity_type"
id_number = "holder_identity_num"
holder_name = 'data_fields."持证人"'
number = 'data_fields."证照编号"'
title = 'data_fields."证照名称"'
item = 'data_fields."作业项目"'
item_code = 'data_fields."项目代码"'
level = 'data_fields."等级"'
first_issued_on = 'data_fields."初领日期"'
issued_on = 'data_fields."发证日期"'
valid_from = 'data_fields."有效期起"'
valid_until = 'data_fields."有效期止"'
review_due_on = 'data_fields."复审日期"'
state = "license_status"
authority = 'data_fields."发证机关"'
evaluation_body = 'data_fields."考试机构"'
collection_body = 'data_fields."归集机构"'
licence_id = "license_code"

[record.values.level]
UNGRADED = "UNGRADED"

[record.values.state]
VALID = "VALID"
SUSPENDED = "SUSPENDED"
REVOKED = "REVOKED"
"""
OTHERWISE = [
    *("--account", "sh-hr", "--login-path", "zzk/sso/open"),
    *("--check-path", "zzk/person/verify", "--data-path", "zzk/licence/list"),
    "--members",
    "loginName,loginKey,none,purpose,idNum,personName,beginOn,endOn,person,kind",
    *("--elements", "matter,matterCode,serial", "--header", "X-Zzk-Token"),
    *("--code", "status", "--good", "0", "--stale", "11", "--data", "result"),
    *("--is-data-text", "yes", "--names-session", "token"),
    *("--names-code", "personCode", "--session-seconds", "300"),
    *("--code-seconds", "120", "--shape", "licensedatas", "--needs-name", "yes"),
]
STORES: Mapping[str, tuple[str, list[str]]] = {
    "as usual": (USUAL, []),
    "everything else": (OTHER, OTHERWISE),
}
ELEMENTS = Elements(
    organisation="浦东新区人社局",
    officer="officer-7",
    matter_code="3112",
    matter_name="职业技能提升补贴",
    business_number="B-1",
)


@dataclass
class Clock:
    """The clock, set ahead at will."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass(frozen=True, slots=True)
class Sent:
    """What an agency sent of people, by their numbers."""

    records: Mapping[str, Sequence[CollectedRecord]] = field(default_factory=dict)

    def sequence(self, connector: str) -> int | None:  # noqa: ARG002 - the contract
        return None

    async def of(
        self,
        connector: str,  # noqa: ARG002 - the contract
        holders: Sequence[Identity],
    ) -> Sequence[Sequence[CollectedRecord]]:
        return [self.records.get(holder.number, ()) for holder in holders]

    def at_hand(
        self,
        connector: str,
        holders: Sequence[Identity],
    ) -> None:
        """Have nothing at hand: all of it is read."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Whoever asks a store."""

    url: str
    text: str
    session: aiohttp.ClientSession
    agencies: Agencies

    async def turn(self, **knobs: object) -> dict[str, Any]:
        """Set what goes wrong at the store; return what it was asked."""
        at = f"{self.url}/sandbox/licence-store"
        async with self.session.post(at, json=knobs) as response:
            found: dict[str, Any] = json.loads(await response.read())
        return found

    def manifest(self, *changes: tuple[str, str], password: str = PASSWORD) -> Manifest:
        text = self.text.replace("http://127.0.0.1:9105", self.url)
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        kept = {"licence-store": Secret(password, frozenset({STORE}))}
        return Secrets(kept).put_in(read_manifest(text))

    def connector(
        self,
        *changes: tuple[str, str],
        password: str = PASSWORD,
        clock: Clock | None = None,
    ) -> LicenceStoreConnector:
        manifest = self.manifest(*changes, password=password)
        return LicenceStoreConnector(manifest, self.session, clock or utc_now)

    def agency(
        self, *changes: tuple[str, str], sent: CollectedRecords | None = None
    ) -> Agency:
        trust = (self.agencies.folder / "trust.toml").read_text("utf-8")
        return open_agency(
            self.manifest(*changes),
            session=self.session,
            bundle=read_trust_bundle(trust),
            catalogue=load_catalogue(),
            observer=Notes(),
            clock=utc_now,
            collected=sent,
        )

    def person(self, story: str = "all-three") -> Identity:
        return parse_identity(self.agencies.person(story)["idNumber"])

    def names(self, *people: Identity) -> Mapping[Identity, str]:
        """Return how the story persons are called."""
        known = {one["idNumber"]: one["name"] for one in self.agencies.people}
        return {one: known[one.number] for one in people if one.number in known}

    def told(self, *people: Identity, without: Element | None = None) -> Told:
        """Return what a store is told of a question about ``people``."""
        request = self.manifest().request
        stated = {one: value for one, value in ELEMENTS.stated() if one is not without}
        told = told_of(Elements(**stated), request.elements, request.element_headers)
        assert told is not None
        return Told(told.fields, told.headers, self.names(*people))
