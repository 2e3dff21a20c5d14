"""Refuse a transfer as a whole, before a line of it is read.

The answer is a problem (RFC 9457) with a code to branch on and words in both
languages; nothing of what was sent is repeated in it.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import orjson
from starlette.responses import Response

from policy.text import Text

TAG = "certificate-gateway-collect"
"""What a signature of a transfer is for; one for anything else is not taken."""
MEDIA_TYPE = "application/problem+json"
WANTED = (
    'sig=("@method" "@target-uri" "content-digest" "content-length" '
    f'"content-encoding");created;keyid;nonce;tag="{TAG}"'
)
"""RFC 9421, section 5.1: how the next request is to be signed."""


class Problem(StrEnum):
    """A reason to refuse a transfer."""

    UNKNOWN_CONNECTOR = "UNKNOWN_CONNECTOR"
    NO_SIGNATURE = "NO_SIGNATURE"
    MALFORMED_SIGNATURE = "MALFORMED_SIGNATURE"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    FOREIGN_KEY = "FOREIGN_KEY"
    WRONG_ALGORITHM = "WRONG_ALGORITHM"
    NOT_COVERED = "NOT_COVERED"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    KEY_NOT_IN_FORCE = "KEY_NOT_IN_FORCE"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    REPLAYED = "REPLAYED"
    ACCOUNT_NOT_ACTIVE = "ACCOUNT_NOT_ACTIVE"
    CONNECTOR_SUSPENDED = "CONNECTOR_SUSPENDED"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    MALFORMED_QUERY = "MALFORMED_QUERY"
    UNKNOWN_ENCODING = "UNKNOWN_ENCODING"
    NO_DIGEST = "NO_DIGEST"
    WRONG_DIGEST = "WRONG_DIGEST"
    CUT_OFF = "CUT_OFF"
    TOO_SLOW = "TOO_SLOW"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY_TRANSFERS = "TOO_MANY_TRANSFERS"
    NO_ROOM = "NO_ROOM"
    UNAVAILABLE = "UNAVAILABLE"
    OVERLOADED = "OVERLOADED"


WORDS: Mapping[Problem, tuple[int, Text]] = MappingProxyType(
    {
        Problem.UNKNOWN_CONNECTOR: (404, Text("没有此连接器", "no such connector")),
        Problem.NO_SIGNATURE: (
            401,
            Text(
                f"请求没有 tag 为 {TAG} 的签名（RFC 9421）",
                f"the request has no one signature with the tag {TAG} (RFC 9421)",
            ),
        ),
        Problem.MALFORMED_SIGNATURE: (
            401,
            Text(
                "签名头格式有误，或缺少 created、keyid、nonce",
                "the signature's headers are malformed, or lack created, keyid or "
                "nonce",
            ),
        ),
        Problem.UNKNOWN_KEY: (401, Text("keyid 不是在册密钥", "keyid is no known key")),
        Problem.FOREIGN_KEY: (
            403,
            Text("密钥不属于此连接器的机构", "the key is another institution's"),
        ),
        Problem.WRONG_ALGORITHM: (
            401,
            Text(
                "alg 与密钥不符；请省略 alg",
                "alg is not the key's; leave alg out, the key decides",
            ),
        ),
        Problem.NOT_COVERED: (
            401,
            Text(
                "签名未覆盖必须覆盖的部分",
                "the signature does not cover all that it has to",
            ),
        ),
        Problem.BAD_SIGNATURE: (
            401,
            Text("签名与请求不符", "the signature does not fit the request"),
        ),
        Problem.KEY_NOT_IN_FORCE: (
            401,
            Text("密钥不在有效期内", "the key is not in force"),
        ),
        Problem.OUTSIDE_WINDOW: (
            401,
            Text(
                "created 与现在相差超过 300 秒，或已过 expires；请校准时钟",
                "created is over 300 seconds from now, or expires is past; compare "
                "the clocks",
            ),
        ),
        Problem.REPLAYED: (401, Text("nonce 已用过", "the nonce was used before")),
        Problem.ACCOUNT_NOT_ACTIVE: (
            403,
            Text(
                "账号已被冻结或归集权限已被取消（通知三(一)）",
                "the account is frozen or its collection right cancelled (notice, "
                "3(1))",
            ),
        ),
        Problem.CONNECTOR_SUSPENDED: (
            403,
            Text("连接器已停用", "the connector is suspended"),
        ),
        Problem.METHOD_NOT_ALLOWED: (
            405,
            Text("不支持此方法", "this method is not for this address"),
        ),
        Problem.MALFORMED_QUERY: (
            400,
            Text(
                "digests 应为 records 或 states，after 应为非负整数，各写一次",
                "digests is records or states, and after a number from 0, each once",
            ),
        ),
        Problem.UNKNOWN_ENCODING: (
            415,
            Text(
                "Content-Encoding 只能是 gzip、zstd 或 identity",
                "Content-Encoding is none of gzip, zstd and identity",
            ),
        ),
        Problem.NO_DIGEST: (
            400,
            Text(
                "Content-Digest 中没有 sha-256 或 sha-512（RFC 9530）",
                "Content-Digest has no sha-256 and no sha-512 (RFC 9530)",
            ),
        ),
        Problem.WRONG_DIGEST: (
            400,
            Text(
                "正文与 Content-Digest 不符，未读取",
                "the body is not what Content-Digest says; nothing of it was read",
            ),
        ),
        Problem.CUT_OFF: (400, Text("正文中断", "the body was cut off")),
        Problem.TOO_SLOW: (408, Text("正文传送过慢", "the body came too slowly")),
        Problem.TOO_LARGE: (
            413,
            Text("正文过大，请分批传送", "the body is too large; send it in parts"),
        ),
        Problem.TOO_MANY_TRANSFERS: (
            429,
            Text(
                "此连接器已有传送在进行",
                "a transfer of this connector is under way already",
            ),
        ),
        Problem.NO_ROOM: (
            503,
            Text(
                "网关暂存空间已满，请稍后再试",
                "the gateway has no room for the body; try again later",
            ),
        ),
        Problem.UNAVAILABLE: (
            503,
            Text("数据库暂不可用，请稍后再试", "the database is away; try again later"),
        ),
        Problem.OVERLOADED: (
            503,
            Text(
                "网关繁忙，未予办理，请稍后再试",
                "more is asked than this gateway can answer; nothing was done, try "
                "again later",
            ),
        ),
    }
)
"""Each problem's status and words."""


_RETRY_AFTER: Mapping[Problem, str] = MappingProxyType(
    {
        Problem.TOO_MANY_TRANSFERS: "1",
        Problem.OVERLOADED: "1",
        Problem.UNAVAILABLE: "5",
        Problem.NO_ROOM: "60",
    }
)
_UNREAD = frozenset({Problem.TOO_SLOW, Problem.TOO_LARGE, Problem.NO_ROOM})


class IntakeError(Exception):
    """A transfer is refused as a whole."""

    def __init__(self, problem: Problem, detail: str | None = None) -> None:
        super().__init__(WORDS[problem][1].en)
        self.problem = problem
        self.detail = detail
        """What exactly, where the words leave it open; nothing that was sent."""

    def response(self) -> Response:
        """Return the answer."""
        status, words = WORDS[self.problem]
        body: dict[str, object] = {
            "type": "about:blank",
            "title": words.en,
            "status": status,
            "code": self.problem,
            "reason": {"zh": words.zh, "en": words.en},
        }
        if self.detail is not None:
            body["detail"] = self.detail
        headers = {}
        if status == 401:  # noqa: PLR2004 - the status that asks for credentials
            headers = {"WWW-Authenticate": "Signature", "Accept-Signature": WANTED}
        if self.problem in _RETRY_AFTER:
            headers["Retry-After"] = _RETRY_AFTER[self.problem]
        if self.problem in _UNREAD:
            # What is left of the body is not read, so nothing can follow it.
            headers["Connection"] = "close"
        return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)
