"""The log of hashes as a whole: its newest checkpoint, its witnesses, how it stands."""

import base64
from datetime import datetime

import strawberry

from bureau.receipts.logged import Quorum
from bureau.transparency.standing import LogStanding, SeenCheckpoint, SeenWitness
from connectors.errors import StoreUnavailableError
from resolvers.bilingual import both, described_enum
from resolvers.context import Info
from resolvers.documents.directives import list_of
from resolvers.errors import store_unavailable

MAX_WITNESSES = 64
"""Of a policy (``signing.transparency.policies.MEMBERS_LIMIT``)."""

described_enum(
    LogStanding,
    both("透明日志的近况", "How the log stands"),
    {
        LogStanding.IN_TIME: both(
            "及时：已追加、签名并见证", "Appended, signed and cosigned in time"
        ),
        LogStanding.BEHIND: both(
            "滞后：10秒以上未能追加", "Nothing was appended for over 10 seconds"
        ),
        LogStanding.UNSIGNED: both(
            "待签：10秒以上有密钥未能签名，检查点等待",
            "A key did not sign for over 10 seconds; the checkpoint waits",
        ),
        LogStanding.UNWITNESSED: both(
            "降级：10秒以上未获足够见证",
            "Degraded: too few witnesses cosigned for over 10 seconds",
        ),
        LogStanding.FORKED: both(
            "与此前所签不一致，已停止签名",
            "It is not what was signed before; nothing is signed any more",
        ),
    },
)
described_enum(
    Quorum,
    both("最新检查点是否已获足够见证", "Whether enough witnesses cosigned the newest"),
    {
        Quorum.NOT_CONFIGURED: both("未设见证", "Nobody has to"),
        Quorum.MET: both("已足够", "Enough did"),
        Quorum.NOT_MET: both("尚不足", "Too few did, so far"),
    },
    name="WitnessQuorum",
)


@strawberry.federation.type(
    authenticated=True,
    description=both(
        "透明日志的检查点：已签名的长度和根",
        "A checkpoint: how long the log is, signed",
    ),
)
class LogCheckpoint:
    """A checkpoint, as people look at it."""

    size: int = strawberry.field(description=both("条目数", "Entries"))
    root: str = strawberry.field(
        description=both(
            "根散列（Base64，与检查点所载相同）",
            "The root, in Base64, as it stands in the checkpoint",
        )
    )
    signed_at: datetime = strawberry.field(
        description=both("签名时间", "When it was signed")
    )


@strawberry.federation.type(
    authenticated=True, description=both("一个见证者", "A witness of the policy")
)
class LogWitness:
    """A witness, and what it cosigned last."""

    name: str = strawberry.field(description=both("名称", "Its name in the policy"))
    cosigned_at: datetime | None = strawberry.field(
        description=both(
            "最近见证的时间（其自述）；所示检查点均未见证的为空",
            "When it cosigned last, as it says; null if it cosigned none shown here",
        )
    )
    size: int | None = strawberry.field(
        description=both("所见证的条目数", "Entries of what it cosigned")
    )


@strawberry.federation.type(
    authenticated=True,
    description=both("透明日志的整体状况", "The log of hashes as a whole"),
)
class TransparencyLog:
    """The log, as it is now."""

    standing: LogStanding = strawberry.field(
        description=both("近况", "Whether all is in time, or degraded")
    )
    quorum: Quorum = strawberry.field(
        description=both(
            "最新检查点是否已获足够见证",
            "Whether enough cosigned the newest checkpoint",
        )
    )
    origin: str | None = strawberry.field(
        description=both(
            "日志名称；无人签名的为空", "The log's name; null if nobody signs it"
        )
    )
    checkpoint: LogCheckpoint | None = strawberry.field(
        description=both(
            "最新检查点；尚无的为空", "The newest checkpoint; null if there is none yet"
        )
    )
    witnessed: LogCheckpoint | None = strawberry.field(
        description=both(
            "已获足够见证的最新检查点；没有的为空",
            "The newest that enough witnesses cosigned; null if there is none",
        )
    )
    witnesses: list[LogWitness] = strawberry.field(
        directives=[list_of(MAX_WITNESSES)],
        description=both("见证者", "The witnesses of the policy"),
    )


@strawberry.federation.type(authenticated=True)
class LogQuestions:
    """The question about the log as a whole."""

    @strawberry.field(
        description=both(
            "透明日志：最新检查点、见证者和近况",
            "The log of hashes: newest checkpoint, witnesses, how it stands",
        )
    )
    async def transparency_log(self, info: Info) -> TransparencyLog | None:
        """Return how the log is."""
        try:
            seen = await info.context.services.log.seen()
        except StoreUnavailableError:
            raise store_unavailable() from None
        return TransparencyLog(
            standing=seen.standing,
            quorum=seen.quorum,
            origin=seen.origin,
            checkpoint=_checkpoint(seen.newest),
            witnessed=_checkpoint(seen.witnessed),
            witnesses=[_witness(one) for one in seen.witnesses],
        )


def _checkpoint(seen: SeenCheckpoint | None) -> LogCheckpoint | None:
    if seen is None:
        return None
    return LogCheckpoint(
        size=seen.size,
        root=base64.b64encode(seen.root).decode(),
        signed_at=seen.signed_at,
    )


def _witness(seen: SeenWitness) -> LogWitness:
    return LogWitness(name=seen.name, cosigned_at=seen.cosigned_at, size=seen.size)
