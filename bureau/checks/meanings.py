"""The meaning of each code of a check, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from bureau.checks.codes import CheckCode, CheckResult, Meaning, ProvenanceCheck
from policy.text import Text

CHECKS: Mapping[ProvenanceCheck, Text] = MappingProxyType(
    {
        ProvenanceCheck.INTEGRITY: Text(
            "签名是否与所收字节逐字相符", "Does the signature fit exactly these bytes"
        ),
        ProvenanceCheck.KEY: Text(
            "密钥当时是否在有效期内且未停用",
            "Was the key in its window, and in force",
        ),
        ProvenanceCheck.SCOPE: Text(
            "密钥是否有权证明附件中的这一行", "May the key attest this row of the annex"
        ),
        ProvenanceCheck.AUTHORITY: Text(
            "记录所载归集机构是否即密钥所属机构",
            "Is the collection body that the record names the key's institution",
        ),
        ProvenanceCheck.BINDING: Text(
            "答复是否针对本网关的这次提问",
            "Does the answer answer this question of ours",
        ),
        ProvenanceCheck.FRESHNESS: Text(
            "签名和取得时间是否足够新", "Are the signature and the answer new enough"
        ),
        ProvenanceCheck.STATUS: Text(
            "证书状态是否已知；撤销是已知的状态，不是错误",
            "Is the certificate's state known; revoked is a known state and no error",
        ),
        ProvenanceCheck.INCLUSION: Text(
            "是否已载入透明日志", "Is it in the transparency log"
        ),
    }
)
RESULTS: Mapping[CheckResult, Text] = MappingProxyType(
    {
        CheckResult.VALID: Text("通过", "It holds"),
        CheckResult.INVALID: Text("不通过", "It does not hold"),
        CheckResult.SKIPPED: Text(
            "未作核验，code 说明原因", "It was not made; the code says why"
        ),
        CheckResult.UNKNOWN: Text(
            "未知，不等于通过", "It cannot be known now, which is not that it holds"
        ),
    }
)
_INTEGRITY = {
    CheckCode.OVERSIZE: Text("超出大小上限", "more bytes than a record or body has"),
    CheckCode.MALFORMED: Text("不是 JWS 的三段形式", "no JWS of three parts"),
    CheckCode.TRAILING_BYTES: Text(
        "签名或 JSON 之后还有字节", "something follows the signature or the JSON text"
    ),
    CheckCode.NON_CANONICAL_BASE64URL: Text(
        "base64url 编码不规范", "no canonical base64url"
    ),
    CheckCode.PAYLOAD_NOT_DETACHED: Text(
        "分离签名的中段不为空", "a detached JWS whose middle part is not empty"
    ),
    CheckCode.INVALID_UTF8: Text("不是 UTF-8", "no UTF-8"),
    CheckCode.INVALID_JSON: Text("不是 JSON", "no JSON"),
    CheckCode.TOO_DEEP: Text("JSON 嵌套过深", "JSON nested too deeply"),
    CheckCode.NOT_AN_OBJECT: Text("头部不是 JSON 对象", "the header is no JSON object"),
    CheckCode.DUPLICATE_KEY: Text(
        "同一对象中键重复", "a key stands twice in one object"
    ),
    CheckCode.FLOAT: Text("含小数或指数", "a number with a fraction or an exponent"),
    CheckCode.INTEGER_TOO_LARGE: Text("整数超出 2^53-1", "an integer beyond 2^53-1"),
    CheckCode.LONE_SURROGATE: Text("含半个代理对", "half of a surrogate pair"),
    CheckCode.KEY_IN_HEADER: Text(
        "头部自带或另指密钥", "the header brings or names a key beside kid"
    ),
    CheckCode.MALFORMED_CRIT: Text("crit 形式不符", "crit is no list of names"),
    CheckCode.UNKNOWN_CRIT: Text(
        "crit 列有未知扩展", "crit names an extension that is not known"
    ),
    CheckCode.B64_IN_COMPACT: Text("紧凑形式中有 b64", "b64 in a compact JWS"),
    CheckCode.B64_NOT_FALSE: Text("b64 不为 false", "b64 is not false"),
    CheckCode.B64_NOT_CRITICAL: Text("crit 未列 b64", "crit does not name b64"),
    CheckCode.WRONG_TYPE: Text("类型（typ）不符", "another type (typ) than asked for"),
    CheckCode.NO_SIGNING_TIME: Text("未注明签名时间", "no signing time is stated"),
    CheckCode.ALGORITHM_NONE: Text("算法为 none，即未签名", "the algorithm is none"),
    CheckCode.ALGORITHM_HMAC: Text("算法为 HMAC", "the algorithm is an HMAC"),
    CheckCode.WRONG_ALGORITHM: Text(
        "算法与密钥不符", "another algorithm than the key's"
    ),
    CheckCode.BAD_SIGNATURE: Text("签名与字节不符", "the signature does not fit"),
    CheckCode.UNSIGNED_ABSENCE: Text(
        "“无证书”未经签名", "nothing signed says that there is no certificate"
    ),
    CheckCode.INCOMPLETE: Text(
        "少于签名所述的证书数", "fewer certificates than the signer says are held"
    ),
    CheckCode.UNREADABLE_ANSWER: Text(
        "答复中找不到所签内容", "nothing signed can be found in the answer"
    ),
}
_KEY = {
    CheckCode.NO_KEY_ID: Text("未注明密钥编号", "no key id is stated"),
    CheckCode.UNKNOWN_KEY: Text(
        "密钥不在信任名册", "the key is not in the trust bundle"
    ),
    CheckCode.KEY_CHANGED: Text(
        "密钥编号已属另一密钥", "the key id is another key's now"
    ),
    CheckCode.KEY_NOT_IN_FORCE: Text("密钥已停用", "the key is not in force"),
    CheckCode.KEY_OUTSIDE_WINDOW: Text("不在密钥有效期内", "outside the key's window"),
}
_SCOPE = {
    CheckCode.OUT_OF_SCOPE: Text(
        "密钥无权证明该项目", "the key may not attest the row"
    ),
    CheckCode.MALFORMED_RECORD: Text(
        "所签内容无法按接入清单读取", "what was signed is no record by the manifest"
    ),
}
_AUTHORITY = {
    CheckCode.FOREIGN_KEY: Text("密钥属另一机构", "the key is another institution's"),
    CheckCode.ANOTHER_BODY_NAMED: Text(
        "记录所载归集机构是另一机构", "the record names another collection body"
    ),
}
_BINDING = {
    CheckCode.WRONG_HOLDER: Text(
        "不是所查询的人的记录", "it is about somebody who was not asked about"
    ),
    CheckCode.REPLAYED: Text(
        "所签随机数不是本次所发：旧答复", "the signed nonce is not the one sent"
    ),
    CheckCode.NOT_BOUND: Text(
        "所签内容未注明针对哪次提问", "nothing signed says which question it answers"
    ),
    CheckCode.OTHER_QUESTION: Text(
        "所签的是另一次提问的摘要", "it was signed in answer to another question"
    ),
    CheckCode.OTHER_AUDIENCE: Text(
        "所签受众不是本网关", "it was signed for another audience"
    ),
}
_FRESHNESS = {
    CheckCode.STALE: Text("签名过旧", "signed too long ago"),
    CheckCode.SIGNED_IN_FUTURE: Text("签名时间在未来", "signed in the future"),
    CheckCode.ISSUED_IN_FUTURE: Text("发证日期在未来", "issued on a day to come"),
    CheckCode.ROLLBACK: Text(
        "早于已见过的版本", "older than a version that was seen before"
    ),
}
_STATUS = {
    CheckCode.CONTRADICTION: Text(
        "同一机构所签内容相互矛盾", "what was signed contradicts itself"
    ),
}
_REFUSED = {
    ProvenanceCheck.INTEGRITY: _INTEGRITY,
    ProvenanceCheck.KEY: _KEY,
    ProvenanceCheck.SCOPE: _SCOPE,
    ProvenanceCheck.AUTHORITY: _AUTHORITY,
    ProvenanceCheck.BINDING: _BINDING,
    ProvenanceCheck.FRESHNESS: _FRESHNESS,
    ProvenanceCheck.STATUS: _STATUS,
}
_VALID = {
    CheckCode.SIGNATURE_FITS: (
        ProvenanceCheck.INTEGRITY,
        "签名与字节相符",
        "the signature fits the bytes",
    ),
    CheckCode.KEY_IN_FORCE: (ProvenanceCheck.KEY, "密钥有效", "the key is in force"),
    CheckCode.KEY_WAS_IN_FORCE: (
        ProvenanceCheck.KEY,
        "归集时密钥有效，其后已停用",
        "the key was in force when the record was collected, and is not any more",
    ),
    CheckCode.ROW_IN_SCOPE: (
        ProvenanceCheck.SCOPE,
        "密钥有权证明该项目",
        "the key may attest the row",
    ),
    CheckCode.SIGNER_NAMED: (
        ProvenanceCheck.AUTHORITY,
        "记录所载归集机构即签名机构",
        "the record names the institution that signed",
    ),
    CheckCode.QUESTION_BOUND: (
        ProvenanceCheck.BINDING,
        "所签内容含本次提问的摘要、随机数和受众",
        "our question's digest, nonce and audience are signed",
    ),
    CheckCode.NONCE_BOUND: (
        ProvenanceCheck.BINDING,
        "所签内容含本次所发随机数",
        "the nonce that we sent is signed",
    ),
    CheckCode.FRESH: (ProvenanceCheck.FRESHNESS, "足够新", "new enough"),
    CheckCode.STATE_KNOWN: (
        ProvenanceCheck.STATUS,
        "状态已知，见 detail",
        "the state is known, and is the detail",
    ),
    CheckCode.INCLUDED: (
        ProvenanceCheck.INCLUSION,
        "已载入透明日志",
        "a checkpoint of the log covers it",
    ),
}
_SKIPPED = {
    CheckCode.NO_ANNEX_ROW: (
        ProvenanceCheck.SCOPE,
        "不是附件所列项目",
        "it is no row of the annex, or which is not known",
    ),
    CheckCode.NO_BODY_NAMED: (
        ProvenanceCheck.AUTHORITY,
        "记录未载归集机构",
        "the record names no collection body",
    ),
    CheckCode.AGENCY_DOES_NOT_BIND: (
        ProvenanceCheck.BINDING,
        "该机构的答复不与提问绑定",
        "the agency does not bind its answers",
    ),
    CheckCode.SENT_UNASKED: (
        ProvenanceCheck.BINDING,
        "机构主动报送，没有提问可绑定",
        "the agency sent it before anybody asked",
    ),
    CheckCode.NOT_LOGGED: (
        ProvenanceCheck.INCLUSION,
        "实时答复，未留存，不单独载入透明日志",
        "an answer given once; no row is kept of it that the log would have",
    ),
    CheckCode.NOT_SIGNED: (
        ProvenanceCheck.INCLUSION,
        "本网关未配置密钥签署透明日志",
        "nothing is covered: the gateway has no key to sign checkpoints with",
    ),
    CheckCode.NOT_REACHED: (
        None,
        "此前一项未通过，未作此项核验",
        "another check failed first, or it was left out",
    ),
}
_UNKNOWN = {
    CheckCode.NO_SIGNATURE: (
        ProvenanceCheck.INTEGRITY,
        "无人签名，无从核验",
        "nobody signed it, so nothing can be checked",
    ),
    CheckCode.UNKNOWN_BODY_NAMED: (
        ProvenanceCheck.AUTHORITY,
        "记录所载归集机构不在附件之列",
        "the record names a collection body that the annex does not have",
    ),
    CheckCode.COLLECTED: (
        ProvenanceCheck.FRESHNESS,
        "以归集数据作答，其后的变化未知",
        "it was collected before; what changed since is not known",
    ),
    CheckCode.STANDS_IN: (
        ProvenanceCheck.FRESHNESS,
        "机构未作答，以此前已核验的记录代答",
        "the agency is silent, and what was verified before stands in",
    ),
    CheckCode.STATE_UNKNOWN: (
        ProvenanceCheck.STATUS,
        "状态未知，不等于有效",
        "the state is not known, which is not good",
    ),
    CheckCode.CHANGES_UNREADABLE: (
        ProvenanceCheck.STATUS,
        "推送的状态变更暂时无法读取",
        "the changes that were sent cannot be read now",
    ),
    CheckCode.PENDING: (
        ProvenanceCheck.INCLUSION,
        "已提交透明日志，尚未载入",
        "it was handed to the log, and no checkpoint covers it yet",
    ),
    CheckCode.LOG_AWAY: (
        ProvenanceCheck.INCLUSION,
        "暂时无法读取透明日志，或其与已签署的不符",
        "the log cannot be read now, or is not what was signed",
    ),
}


def _meanings() -> dict[CheckCode, Meaning]:
    found = {
        code: Meaning(check, result, Text(zh, en))
        for result, table in (
            (CheckResult.VALID, _VALID),
            (CheckResult.SKIPPED, _SKIPPED),
            (CheckResult.UNKNOWN, _UNKNOWN),
        )
        for code, (check, zh, en) in table.items()
    }
    for check, refused in _REFUSED.items():
        for code, text in refused.items():
            found[code] = Meaning(check, CheckResult.INVALID, text)
    return {code: found[code] for code in CheckCode}


MEANINGS: Mapping[CheckCode, Meaning] = MappingProxyType(_meanings())
"""One a code."""
