"""The table of faults in Chinese, for docs/zh/operating.md: the same figures."""

import re

HEAD = """
| 何处 | 故障 | 受影响网关的调用方所见 | 另一网关的 | 最长 | 丢失 | 多久恢复 |
|---|---|---|---|---|---|---|
"""
WORDS = {
    "way to an agency": "通往机构的通路",
    "way to an agency, TLS": "通往机构的通路，TLS",
    "way to the database": "通往数据库的通路",
    "way of callers": "调用方的通路",
    "the database": "数据库",
    "a gateway": "一个网关",
    "a gateway's clock": "一个网关的时钟",
    "both gateways": "两个网关",
    "an agency": "一个机构",
    "reset": "连接被重置",
    "machine gone": "机器消失",
    "machine gone, in a transaction": "机器消失，在事务中",
    "a bit changed": "一个比特改变",
    "half open, silent": "半开，无声",
    "half open, silent, in a transaction": "半开，无声，在事务中",
    "50 ms later": "晚 50 毫秒",
    "100 ms later": "晚 100 毫秒",
    "up to 1 s later": "至多晚 1 秒",
    "up to 1.5 s later": "至多晚 1.5 秒",
    "cut for a while": "中断一段时间",
    "cut for a while, in a transaction": "中断一段时间，在事务中",
    "8 bytes at a time": "每次 8 字节",
    "1 kB a second": "每秒 1 kB",
    "garbage": "乱码",
    "a name that resolves to nothing": "域名无法解析",
    "wrong certificate": "证书不符",
    "garbage for a handshake": "握手时收到乱码",
    "SIGKILL": "SIGKILL",
    "SIGSTOP": "SIGSTOP",
    "SIGTERM": "SIGTERM",
    "SIGINT": "SIGINT",
    "a full disk (SQLite)": "磁盘已满（SQLite）",
    "a full disk": "磁盘已满",
    "SIGKILL, and its standby promoted": "SIGKILL，备用服务器接替",
    "SIGKILL while it is cut off": "连接中断期间 SIGKILL",
    "SIGSTOP in a transaction": "在事务中 SIGSTOP",
    "SIGKILL in a transaction": "在事务中 SIGKILL",
    "10 minutes ahead": "快 10 分钟",
    "10 minutes behind": "慢 10 分钟",
    "SIGTERM, one after the other": "先后 SIGTERM",
    "answered": "已答复",
    "undetermined": "无法判断",
    "no connection": "无法连接",
    "no answer": "没有答复",
    "unreadable": "无法读取",
    "nothing": "无",
}
"""What stands in the table, but codes, which are the same in both languages."""


def in_chinese(table: str) -> str:
    """Return the English table in Chinese.

    Raises:
        KeyError: a fault, or what callers saw, has no Chinese word in ``WORDS``.
    """
    return HEAD + "".join(map(_row, table.strip().splitlines()[2:])) + "\n"


def _row(line: str) -> str:
    where, fault, first, second, longest, lost, whole = (
        cell.strip() for cell in line.strip("| ").split("|")
    )
    cells = (
        *(WORDS[where], WORDS[fault], _kinds(first), _kinds(second)),
        *(longest.replace(" s", " 秒"), WORDS.get(lost, lost)),
        whole.replace(" s", " 秒"),
    )
    return f"| {' | '.join(cells)} |\n"


def _kinds(seen: str) -> str:
    each = re.findall(r"(\d+) ([^,]+)", seen)
    return "，".join(
        f"{times} {kind if kind.isupper() else WORDS[kind]}" for times, kind in each
    )
