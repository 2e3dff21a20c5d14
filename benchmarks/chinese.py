"""The figures of docs/benchmarks.md in Chinese, for docs/zh/benchmarks.md.

Numbers, names and codes stay; words are looked up, a cell of a table at a time.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        # Phases, and kinds of work.
        "cold": "冷查询",
        "cold-shared": "冷查询（共用调用）",
        "seen": "重复查询",
        "warm": "热查询",
        "batch": "批量",
        "batch-seen": "批量（重复）",
        "claims": "申领",
        "claims-seen": "申领（重复）",
        "collected": "已归集",
        "collected-batch": "已归集（批量）",
        "collected-claims": "已归集（申领）",
        "wide": "多证",
        "cold-duties": "冷查询（同等职责）",
        "warm-duties": "热查询（同等职责）",
        "receipts": "回执",
        "latency": "延迟",
        "start-up": "启动",
        "scale": "扩展",
        "memory": "内存",
        "check": "批量核对",
        "collection": "归集",
        "revocation": "撤销",
        "decisions": "决定",
        "recheck": "复查",
        "reconciliation": "对账",
        "growth": "增长",
        "meanwhile": "归集期间",
        "overload": "过载",
        "burst": "突增",
        "sick-agency": "机构故障",
        "hedging": "第二地址",
        "mass-revocation": "集中撤销",
        "log": "哈希日志",
        "warm-log": "热查询与日志",
        "scaling": "多个网关",
        # Contenders.
        "**this gateway**": "**本网关**",
        "one gateway on one core": "一核一个网关",
        "two gateways on two cores": "两核两个网关",
        "GraphQL Yoga on Bun": "GraphQL Yoga（Bun）",
        "GraphQL Yoga on Node": "GraphQL Yoga（Node）",
        "Mercurius + JIT on Node": "Mercurius + JIT（Node）",
        "Mercurius + JIT": "Mercurius + JIT",
        "Hive Gateway, REST sources": "Hive Gateway，REST 来源",
        "Yoga on Bun": "Yoga（Bun）",
        "Yoga on Bun, response cache": "Yoga（Bun），响应缓存",
        "Yoga on Bun, with the same duties": "Yoga（Bun），同等职责",
        "Yoga on Bun, response cache, with the same duties": (
            "Yoga（Bun），响应缓存，同等职责"
        ),
        "Yoga on Node, response cache": "Yoga（Node），响应缓存",
        "Yoga on Bun, to which seen is cold": "Yoga（Bun），其重复即冷查询",
        "Yoga on Bun, a holder of 20": "Yoga（Bun），20 人中的一人",
        "Yoga on Bun, which asks": "Yoga（Bun），仍须查询",
        "Yoga on Bun, a claim": "Yoga（Bun），每项申领",
        "Mercurius + JIT, a certificate beyond its signature": (
            "Mercurius + JIT，每张证书，签名除外"
        ),
        "Grafbase, federated": "Grafbase，联邦",
        "Grafbase, all processes": "Grafbase，全部进程",
        "Hive Router's runtime, federated": "Hive Router 运行时，联邦",
        "Hive Router's runtime, all processes": "Hive Router 运行时，全部进程",
        "Apollo Gateway, federated": "Apollo Gateway，联邦",
        "Apollo Gateway, all processes": "Apollo Gateway，全部进程",
        "SQLite": "SQLite",
        "PostgreSQL": "PostgreSQL",
        "Node": "Node",
        "Bun": "Bun",
        "Python, `signing`": "Python，`signing`",
        # What is bound.
        "ratio of processor time": "处理器时间之比",
        "at most": "至多",
        "at least": "至少",
        "stretch": "理想",
        "found": "测得",
        "our gateway alone": "仅本网关",
        "bound": "限度",
        "met": "达到",
        "not met": "未达到",
        "not measured": "未测量",
        "p50 beyond the slowest agency, one at a time, ms": (
            "p50 超出最慢机构的部分，逐个查询，ms"
        ),
        "the process that serves, after all questions, MB": (
            "服务进程，全部查询之后，MB"
        ),
        "with the process that watches over it, MB": "连同监视它的进程，MB",
        "both, over what they were after a tenth": "两者，与十分之一时之比",
        "two processes over one, by processor time a request": (
            "两个进程与一个之比，按每请求的处理器时间"
        ),
        "two processes over one, by requests a second, who asks sharing the cores": (
            "两个进程与一个之比，按每秒请求数，查询方共用各核"
        ),
        "wrong answers, 50 to 500 clients in 40 s": (
            "错误答复，40 秒内由 50 个客户端增至 500 个"
        ),
        "questions without any answer": "没有任何答复的查询",
        "wrong answers, whatever its trouble": "错误答复，无论何种故障",
        "p99.9 of a question, whatever its trouble, ms": (
            "一次查询的 p99.9，无论何种故障，ms"
        ),
        "p50 while its circuit is open, % of what it is while all are well": (
            "其熔断期间的 p50，为全部正常时的 %"
        ),
        "calls that are made twice, %": "调用两次的比例，%",
        "p99, % of what it is with one address": "p99，为只有一个地址时的 %",
        "until the last of 1,000 is told of the last of 1,000, ms": (
            "直至 1,000 方中最后一方得知 1,000 项中最后一项，ms"
        ),
        "p99 of look-ups meanwhile, % of what it was": ("其间查询的 p99，为此前的 %"),
        # Units, and what is counted.
        "request": "请求",
        "holder": "持证人",
        "claim": "申领",
        "certificate": "证书",
        "record": "记录",
        "decision": "决定",
        "payment": "支付",
        "row": "行",
        "leaf": "叶",
        "signature": "签名",
        "range": "范围",
        "ours / theirs": "本网关／对方",
        "requests/s": "请求数/s",
        "p50 ms": "p50 ms",
        "p99 ms": "p99 ms",
        "memory MB": "内存 MB",
        "p50 beyond the slowest, ms": "p50 超出最慢者，ms",
        "p99 beyond it, ms": "p99 超出最慢者，ms",
        "s to the first answer": "至首个答复，s",
        "s of processor": "处理器时间，s",
        "after so many answers": "答复次数之后",
        "cold, the function itself": "冷查询，函数自身",
        # Where our time goes.
        "signatures": "签名",
        "front door": "入口",
        "event loop, sockets": "事件循环、套接字",
        "audit log, budget, database": "审计日志、额度、数据库",
        "agencies: caches, guards": "机构：缓存、防护",
        "agencies: HTTP": "机构：HTTP",
        "agencies: decode records": "机构：解码记录",
        "GraphQL": "GraphQL",
        "HTTP server, native threads": "HTTP 服务器，本机线程",
        "the rest of Python": "Python 其余部分",
        "collected records, states, events": "已归集的记录、状态、事件",
        "notice: standing, clauses": "通知：效力、条款",
        "all": "合计",
        # What offices and agencies wait for.
        "claims/s": "申领数/s",
        "records": "记录数",
        "records/s": "记录数/s",
        "largest before, MB": "此前最大，MB",
        "after a tenth": "十分之一之后",
        "after all": "全部之后",
        "gateways": "网关数",
        "revocations": "撤销数",
        "median ms": "中位数 ms",
        "slowest ms": "最慢 ms",
        "payments in the ledger": "台账中的支付",
        "callers": "调用方",
        "decisions/s": "决定数/s",
        "asked again": "再次请求",
        "asked about": "已查询",
        "payments/s": "支付数/s",
        "hours a million": "每百万小时数",
        "memory MB after a tenth": "十分之一之后的内存，MB",
        "rows": "行数",
        "seconds": "秒",
        "rows/s": "行数/s",
        "p50 µs among 10,000": "10,000 条中的 p50，µs",
        "p99 µs": "p99 µs",
        "p50 µs among all": "全部之中的 p50，µs",
        "p99 µs of all": "全部的 p99，µs",
        "p99, all / 10,000": "p99，全部／10,000",
        "table MB": "表 MB",
        "indexes MB": "索引 MB",
        "records that come": "送来的记录",
        "quiet p50 ms": "平静时 p50 ms",
        "quiet p99 ms": "平静时 p99 ms",
        "meanwhile p50 ms": "其间 p50 ms",
        "meanwhile p99 ms": "其间 p99 ms",
        "p99, meanwhile / quiet": "p99，其间／平静时",
        "can answer/s": "能答复数/s",
        "refused at 4x, p50 ms": "4 倍时拒绝的 p50，ms",
        "memory before, MB": "此前内存，MB",
        "clients at last": "最终客户端数",
        "answers": "答复",
        "wrong": "错误",
        "lost": "丢失",
        "incomplete": "不完整",
        "refused": "拒绝",
        "good/s": "良好数/s",
        "asked": "已查询数",
        "without one that is well": "缺少正常机构的答复",
        "the worst p99.9 ms": "最差 p99.9 ms",
        "the worst p50 while open, % of healthy": "熔断期间最差 p50，为正常时的 %",
        "calls": "调用数",
        "more calls, %": "多出的调用，%",
        "p50 ms with one address": "一个地址的 p50 ms",
        "with two": "两个地址时",
        "p99 ms with one": "一个地址的 p99 ms",
        "with two addresses": "有两个地址时",
        "followers": "订阅方",
        "acknowledged, ms": "确认，ms",
        "the last was told of the last, ms": "最后一方得知最后一项，ms",
        "look-ups/s": "查询数/s",
        "their p99 before, ms": "其此前 p99，ms",
        "leaves there are": "已有叶数",
        "bytes a leaf": "每叶字节",
        "appended": "已追加",
        "leaves/s": "叶数/s",
        "inclusion proved, µs": "证明包含，µs",
        "verified, µs": "核验，µs",
        "growth proved, µs": "证明增长，µs",
        "growth verified, µs": "核验增长，µs",
        "µs": "µs",
        "on": "启用",
        "off": "关闭",
        "stuck": "卡住",
        "p99, on / off, %": "p99，启用／关闭，%",
        "p99, stuck / off, %": "p99，卡住／关闭，%",
        "µs of the gateways": "网关的 µs",
        "of PostgreSQL": "PostgreSQL 的",
        "of what is beside": "其旁程序的",
        "all, over one gateway's, %": "合计，比一个网关多，%",
        "connections": "连接数",
        "WAL, kB": "WAL，kB",
        "by pgbouncer": "经 pgbouncer",
        "a standby": "有备库",
        # A sick agency.
        "its trouble": "其故障",
        "takes a question and says nothing": "接受查询而不作声",
        "the same, and takes no new connection": "同上，且不接受新连接",
        "sends half of an answer and no more": "只送出半个答复",
        "resets each connection": "重置每个连接",
        "answers 500": "答复 500",
        "answers what is no JSON": "答复的不是 JSON",
        "no signature is right": "没有一个签名正确",
        "answers a second later, in time": "晚一秒答复，仍及时",
        "answers three seconds later, too late": "晚三秒答复，已过时",
        "is silent in every other second": "每隔一秒不作声",
        "healthy p50 ms": "正常时 p50 ms",
        "p99.9 ms": "p99.9 ms",
        "p50 while open": "熔断期间 p50",
        "stays closed": "未熔断",
        # What a standby could take over.
        "collected, two gateways": "已归集，两个网关",
        "PostgreSQL's µs a question": "PostgreSQL 每次查询的 µs",
        "of it the reading of a person": "其中读取一人",
        "its share, %": "其占比，%",
        "the same reading on the standby": "在备库上的同样读取",
        "the standby's µs a question, only to follow": ("备库仅为跟随，每次查询的 µs"),
        "how far it is behind, median ms": "落后多少，中位数 ms",
        "at most, ms": "至多，ms",
        # What fifty agencies would need.
        "a week of claims": "申领的一周",
        "needed": "所需",
        "people a second, in the busiest minute": "最忙一分钟，每秒人数",
        "questions a second": "每秒查询数",
        "gateways of a core each, one of them to spare": (
            "各用一核的网关数，其中一个备用"
        ),
        "cores of PostgreSQL": "PostgreSQL 的核数",
        "cores of gateways while a day's changes come in": (
            "一天的变更送来期间，网关的核数"
        ),
        "records and their indexes, GB": "记录及其索引，GB",
        "audit log after its time, GB": "到期时的审计日志，GB",
        "growth in the first years, GB a year": "最初几年的增长，GB／年",
        "WAL of the busiest day's look-ups, GB": "最忙一天查询的 WAL，GB",
        # When it was measured.
        "phase": "阶段",
        "begun": "开始",
        "gateway's code of": "网关代码",
        "runs": "次数",
        "again": "重做",
        "load of the machine": "机器负载",
    }
)
_KEPT = re.compile(
    r"[-+*\d.,–]*( ?%)?\**|`[^`]+`"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d UTC|[0-9a-f]{7,40}(-dirty)?"
)
"""Figures, code, moments and commits."""
_MADE = (
    (re.compile(r"(.+), against (.+)"), "{}，对比 {}"),
    (re.compile(r"not met, by (\S+)"), "未达到，差 {}"),
    (re.compile(r"(at most|at least) (\S+)"), "{} {}"),
    (re.compile(r"([\d.]+) to ([\d.]+)"), "{} 至 {}"),
    (re.compile(r"µs a (\w+)"), "µs／{}"),
    (re.compile(r"(\d+) gateways?"), "{} 个网关"),
    (re.compile(r"(\d+ gateways), (.+)"), "{}，{}"),
    (re.compile(r"good of it at (\d+)x, %"), "{} 倍时良好，%"),
    (re.compile(r"p99 at (\d+)x, ms"), "{} 倍时 p99，ms"),
    (re.compile(r"(.+), (on|off|stuck)"), "{}，{}"),
    (re.compile(r"([^:]+): (.+)"), "{}：{}"),
)
"""Cells with something in them that is looked up by itself."""
_NOT_MEASURED = re.compile(r"Not measured\.(?: It takes the figures of (.+)\.)?")
_MACHINE = re.compile(r"(\d+) cores of (.+), (\d+ GB), (\S+ [\d.]+)")


def in_chinese(part: str) -> str:
    """Return a part of the English page in Chinese, line by line.

    Raises:
        KeyError: it has a word that is not in ``WORDS``.
    """
    return "\n".join(map(_line, part.splitlines()))


def _line(line: str) -> str:
    if line.startswith("| "):
        cells = (cell.strip() for cell in line.removeprefix("|").split("|")[:-1])
        return f"| {' | '.join(map(cell_in_chinese, cells))} |"
    if found := _NOT_MEASURED.fullmatch(line):
        missing = "、".join(f"“{WORDS[_]}”" for _ in (found[1] or "").split(", ") if _)
        return f"未测量。需要{missing}的测量值。" if missing else "未测量。"
    if line.startswith("|") or not line:
        return line
    return f"{'；'.join(map(_machine, line.removesuffix('.').split('; ')))}。"


def _machine(line: str) -> str:
    """Return a machine, or what ran there, which is names and versions."""
    if (found := _MACHINE.fullmatch(line)) is None:
        return line.replace(", ", "，")
    cores, model, memory, system = found.groups()
    return f"{cores} 核 {model.replace('(R)', '')}，{memory}，{system}"


def cell_in_chinese(cell: str) -> str:
    """Return a cell in Chinese.

    Raises:
        KeyError: it has a word that is not in ``WORDS``.
    """
    if cell in WORDS:
        return WORDS[cell]
    if _KEPT.fullmatch(cell):
        return cell
    for form, made in _MADE:
        if found := form.fullmatch(cell):
            return made.format(*map(cell_in_chinese, found.groups()))
    raise KeyError(cell)
