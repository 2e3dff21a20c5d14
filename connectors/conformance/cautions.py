"""The meaning of each warning, and what an agency does about it: zh, en, zh, en.

One row a code; ``explanations`` makes them known by code.
"""

from collections.abc import Mapping

from connectors.conformance.codes import FindingCode

WARNINGS: Mapping[FindingCode, tuple[str, str, str, str]] = {
    FindingCode.TLS_EXPIRES_SOON: (
        "TLS 证书将在 30 天内过期",
        "the TLS certificate expires within 30 days",
        "更换证书",
        "renew it",
    ),
    FindingCode.TLS_OLD_VERSION_TAKEN: (
        "服务器仍接受 TLS 1.1 或更早版本",
        "the server still takes TLS 1.1 or older",
        "停用这些版本",
        "switch them off",
    ),
    FindingCode.PROBE_FAILED: (
        "OPTIONS 请求得到 5xx 或没有答复",
        "OPTIONS gets a 5xx or no answer",
        "对 OPTIONS 答复 5xx 以外的任何状态，健康检查依赖于此",
        "answer OPTIONS with anything but a 5xx: health asks by it",
    ),
    FindingCode.FIELD_UNKNOWN: (
        "条款所需的字段未说明，或其用词未在清单中对应",
        "a field that clauses need is not stated, or its word is not mapped",
        "提供该字段；在 record.values 中补充用词",
        "state it; add the word to record.values",
    ),
    FindingCode.ROW_UNKNOWN: (
        "无法确定记录对应的附件项目",
        "a record's annex row cannot be told",
        "提供附件的项目代码，并按附件书写名称",
        "state the annex's item code, and names as the annex spells them",
    ),
    FindingCode.COUNT_NOT_STATED: (
        "签名中没有说明持证数量，被抽走的记录无法察觉",
        "no signed count, so a record that was taken out is not missed",
        "在每条记录中说明持证数量（record.held）",
        "state in each record how many are held (record.held)",
    ),
    FindingCode.NO_NONCE: (
        "整体签名的答复没有随机数，旧答复可以重放",
        "a signed body without a nonce can be played again",
        "声明 request.nonce 与 response.nonce",
        "declare request.nonce and response.nonce",
    ),
    FindingCode.CLOCK_OFF: (
        "服务器时钟与网关相差超过 30 秒",
        "the server's clock differs from ours by more than 30 seconds",
        "用 NTP 校准时钟",
        "set it by NTP",
    ),
    FindingCode.KEY_EXPIRES_SOON: (
        "签名密钥将在 30 天内到期",
        "a signing key's window ends within 30 days",
        "登记下一把密钥并在到期前轮换",
        "register the next key, and rotate before then",
    ),
    FindingCode.KEY_NOT_SEEN: (
        "已登记的有效密钥没有签署任何内容",
        "a registered key in force signed nothing that came",
        "用它签署一名测试人员的记录后重新检查，以演练轮换",
        "sign a test person's records with it and check again: that is the drill",
    ),
    FindingCode.BODY_NEAR_LIMIT: (
        "满批答复超过 endpoint.max_body_bytes 的 80%",
        "a full batch's answer is over 80% of endpoint.max_body_bytes",
        "减小 endpoint.batch_limit，或提高上限",
        "lower endpoint.batch_limit, or raise the limit",
    ),
    FindingCode.EMPTY_BATCH_FAILED: (
        "空批量得到 5xx 或没有答复",
        "an empty batch gets a 5xx or no answer",
        "答复空列表或 4xx",
        "answer an empty list, or a 4xx",
    ),
    FindingCode.ERROR_AS_FAILURE: (
        "提问方的错误得到 5xx 或没有答复",
        "the asker's mistake gets a 5xx or no answer",
        "以 4xx 答复，使双方的故障可以区分",
        "answer with a 4xx, so that whose fault it was can be told",
    ),
    FindingCode.MALFORMED_TAKEN: (
        "不是 JSON 的问题得到 200",
        "a question that is no JSON gets a 200",
        "以 400 拒绝",
        "refuse it with a 400",
    ),
    FindingCode.LATENCY_NEAR_LIMIT: (
        "第 95 百分位的答复时间超过时限的一半",
        "the 95th percentile of answers is over half of the time limit",
        "加快答复：繁忙时会更慢",
        "answer sooner: a busy day is slower",
    ),
}
