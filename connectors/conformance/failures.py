"""The meaning of each failure, and what an agency does about it: zh, en, zh, en.

One row a code; ``explanations`` makes them known by code.
"""

from collections.abc import Mapping

from connectors.conformance.codes import FindingCode

FAILURES: Mapping[FindingCode, tuple[str, str, str, str]] = {
    FindingCode.ADDRESS_REFUSED: (
        "该地址不得登记",
        "the address may not be registered",
        "改用公共互联网上的 https 地址，或请运营方放行所在网络",
        "use https on the open internet, or ask the operator to allow your network",
    ),
    FindingCode.NO_CONNECTION: (
        "无法建立连接",
        "no connection could be made",
        "确认域名解析到可连接的公共地址、端口对外开放且 TLS 可用",
        "let the name lead to a public address, open the port, let TLS work",
    ),
    FindingCode.TLS_WRONG_HOST: (
        "TLS 证书不是该主机的",
        "the TLS certificate is another host's",
        "换用包含该主机名的证书",
        "use a certificate that names the host",
    ),
    FindingCode.TLS_EXPIRED: (
        "TLS 证书已过期或尚未生效",
        "the TLS certificate has expired, or is not valid yet",
        "更换证书；核对服务器时钟",
        "renew it; look at the server's clock",
    ),
    FindingCode.TLS_UNTRUSTED: (
        "TLS 证书的签发机构不受信任，或证书链不完整",
        "the TLS certificate's issuer is not trusted, or its chain is incomplete",
        "发送完整的证书链；使用公认机构签发的证书",
        "send the whole chain; use a publicly trusted issuer",
    ),
    FindingCode.TLS_OLD_VERSION_ONLY: (
        "服务器只支持 TLS 1.1 或更早版本",
        "the server speaks TLS 1.1 or older only",
        "启用 TLS 1.2 和 1.3",
        "enable TLS 1.2 and 1.3",
    ),
    FindingCode.NO_ANSWER: (
        "已连接但没有答复",
        "a connection, and no answer",
        "检查服务是否在处理请求；查看其日志",
        "see whether requests are being served; look into the server's log",
    ),
    FindingCode.SLOW_ANSWER: (
        "答复晚于 endpoint.timeout_seconds",
        "an answer later than endpoint.timeout_seconds",
        "加快答复；或在清单中写明实际所需的时限",
        "answer sooner; or state the time it really takes",
    ),
    FindingCode.SERVER_ERROR: (
        "对正确的问题答复 5xx",
        "a 5xx for a right question",
        "查看服务器日志",
        "look into the server's log",
    ),
    FindingCode.REDIRECTED: (
        "答复重定向，网关不会跟随",
        "a redirect, which the gateway does not follow",
        "登记最终地址",
        "register the address it leads to",
    ),
    FindingCode.REFUSED: (
        "拒绝答复正确的问题",
        "a right question was refused",
        "核对令牌、访问名单，以及清单中 request 的名称",
        "compare the token, the list of who may ask, and the names in request",
    ),
    FindingCode.BODY_CUT: (
        "答复中途断开",
        "the answer was cut off",
        "核对 Content-Length；查看代理的限制与超时",
        "compare Content-Length; look at the limits of proxies",
    ),
    FindingCode.BODY_TOO_LARGE: (
        "答复超过 endpoint.max_body_bytes",
        "the answer is over endpoint.max_body_bytes",
        "减少内容或减小 endpoint.batch_limit；确有需要时提高上限",
        "send less, or lower endpoint.batch_limit; raise the limit if need be",
    ),
    FindingCode.WRONG_MEDIA_TYPE: (
        "答复不是 application/json",
        "the answer is not application/json",
        "设置 Content-Type: application/json",
        "set Content-Type: application/json",
    ),
    FindingCode.UNREADABLE: (
        "答复的形状与清单不符，或缺少签名标头",
        "the answer has another shape than the manifest says, or no signature header",
        "对照清单的 response 与 signature 检查答复",
        "compare the answer with response and signature of the manifest",
    ),
    FindingCode.OTHER_RESULT: (
        "测试人员的结果与测试计划不同",
        "a test person has other certificates than the plan says",
        "更正测试计划，或更正登记数据",
        "correct the plan, or the registry",
    ),
    FindingCode.SIGNATURE_FORM: (
        "签名的格式不符合要求",
        "something signed has not the required form",
        "按说明文档中签名格式一节核对；代码的含义见拒绝原因表",
        "look up the code in the table of refusals, and compare with the JOSE header",
    ),
    FindingCode.UNKNOWN_KEY: (
        "签名所用密钥未登记",
        "signed with a key that is not registered",
        "核对 kid；先登记密钥再使用",
        "compare the kid; register a key before you use it",
    ),
    FindingCode.WRONG_ALGORITHM: (
        "签名算法与登记的不同",
        "signed by another algorithm than the key is registered for",
        "使用登记的算法及其名称",
        "use the registered algorithm, under its name",
    ),
    FindingCode.BAD_SIGNATURE: (
        "签名与内容不符",
        "a signature does not fit the bytes",
        "查找签名后改写内容、DER 格式签名或用错密钥的情况；SM2 另核对签名者标识与编码",
        (
            "look for bytes rewritten after signing, a DER signature, another key, "
            "with SM2 another signer id or form"
        ),
    ),
    FindingCode.KEY_NOT_IN_FORCE: (
        "签名密钥不在有效状态或有效期内",
        "signed with a key that is not in force, or outside its window",
        "使用有效密钥；及时轮换",
        "sign with the key in force; rotate in time",
    ),
    FindingCode.FOREIGN_KEY: (
        "由其他机构的密钥签名",
        "signed with another institution's key",
        "使用归集机构自己的密钥",
        "sign with the collection body's own key",
    ),
    FindingCode.OUT_OF_SCOPE: (
        "密钥无权证明该附件项目",
        "the key may not attest this annex row",
        "使用该项目的密钥，或申请扩大范围",
        "use the row's own key, or ask for the scope",
    ),
    FindingCode.MALFORMED_RECORD: (
        "记录缺少字段或字段格式不符",
        "a record lacks a field, or has one of another form",
        "对照清单的 record 检查记录",
        "compare the record with record of the manifest",
    ),
    FindingCode.WRONG_HOLDER: (
        "答复的是另一人的记录",
        "records of another person than was asked about",
        "只答复问题中所列的人",
        "answer for whom the question names",
    ),
    FindingCode.UNSIGNED_ABSENCE: (
        "无证书但没有签名的无证声明",
        "no certificate, and nothing signed says so",
        "对无证声明也要签名",
        "sign absences too",
    ),
    FindingCode.CONTRADICTION: (
        "同一答复自相矛盾：有证又称无证、多于签名所述数量，或版本不分先后",
        "a person twice, an absence beside certificates, too many, or unclear versions",
        "每张证书只发一个版本；数量变化后重新签名",
        "send one version a certificate; sign anew when their number changes",
    ),
    FindingCode.INCOMPLETE: (
        "发来的证书少于签名所述的数量",
        "fewer certificates came than the signer says are held",
        "发送该人的全部记录；数量变化后重新签名",
        "send all of a person's records; sign anew when their number changes",
    ),
    FindingCode.STALE_SIGNATURE: (
        "签名早于 signature.max_age_seconds",
        "a signature older than signature.max_age_seconds",
        "更频繁地重新签名；不要用旧缓存答复",
        "sign anew more often; do not answer from an old cache",
    ),
    FindingCode.REPLAYED: (
        "签名中的随机数不是本次发送的",
        "the signed nonce is not the one that was sent",
        "对每个答复连同其问题的随机数重新签名",
        "sign each answer anew, over the nonce of its question",
    ),
    FindingCode.NOT_BOUND: (
        "清单写明答复与问题绑定，签名内容却没有绑定",
        "the manifest says that answers are bound, and nothing signed is",
        "在 binding.signed 处签入 question、nonce、aud；不绑定则删去 [binding]",
        "sign question, nonce and aud at binding.signed; or remove [binding]",
    ),
    FindingCode.OTHER_QUESTION: (
        "签名的是另一个问题的摘要",
        "the signed digest is another question's",
        "对收到的正文原始字节计算 SHA-256，每次重新签名；不要重发旧答复",
        "hash the exact bytes of the body that came, and sign each answer anew",
    ),
    FindingCode.OTHER_AUDIENCE: (
        "签名的受众不是 binding.audience",
        "the signed audience is not binding.audience",
        "把双方约定的网关名称写入 aud",
        "sign the agreed name of the gateway as aud",
    ),
    FindingCode.CLOCK_AHEAD: (
        "签名时间在未来",
        "signed in the future",
        "用 NTP 校准签名服务器的时钟",
        "set the signer's clock by NTP",
    ),
    FindingCode.BATCH_DIFFERS: (
        "同一人在批量中与单独查询的结果不同",
        "a person's answer in a batch differs from the one alone",
        "逐人查找结果，不要按位置对应；不要在请求之间共用状态",
        "find results by person and not by place; share nothing between questions",
    ),
    FindingCode.BATCH_FAILED: (
        "未能答复 endpoint.batch_limit 人的批量",
        "a batch of endpoint.batch_limit people was not answered",
        "支持该人数，或减小 endpoint.batch_limit",
        "answer for so many, or lower endpoint.batch_limit",
    ),
    FindingCode.NOT_RECOVERED: (
        "错误的问题之后，正确的问题没有得到答复",
        "after a wrong question a right one was not answered",
        "让每个请求相互独立；查看服务器日志",
        "keep requests apart; look into the server's log",
    ),
    FindingCode.LATENCY_OVER_LIMIT: (
        "第 95 百分位的答复时间超过时限",
        "the 95th percentile of answers is over the time limit",
        "加快答复，或写明实际所需的时限",
        "answer sooner, or state the time it really takes",
    ),
    FindingCode.CUT_SHORT: (
        "检查超过了允许的总时长，已中止",
        "the check took longer than it may, and was ended",
        "加快答复后重新检查",
        "answer sooner, and check again",
    ),
}
