"""Who mends each fault, and what they type: one row a code.

The kit says of its findings what an agency does; here stands who that is for the
gateway's own operator, and the command that shows the same from there.
"""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.conformance.codes import FindingCode, Severity
from connectors.conformance.explanations import EXPLANATIONS
from gateway.doctor.codes import Advice, Fault, Who
from policy.text import Text

_ASK = "curl -i -X OPTIONS {url}"
_OPEN = "nc -vz {host} {port}"
_HANDSHAKE = "openssl s_client -connect {host}:{port} -servername {host}"
_CHECK = "gateway connector check {manifest} --trust {trust} --plan plan.toml"
_CLOCK = "chronyc tracking"
_KEYS = "grep -A8 {institution} {trust}"
_NAME = "getent ahosts {host}"
_LIST = "curl -si {list}"
_READY = "curl -s {gateway}/health/ready"

_OWN: Mapping[Fault, tuple[Who, str, str, str, str, str]] = {
    Fault.SECRET_MISSING: (
        Who.US,
        "清单所指的密钥未配置，或不属于此连接器",
        "the secret that the manifest names is not there, or is not this connector's",
        "在网关配置中设置 [secrets.名称]，connectors 须含此连接器",
        "set [secrets.NAME] with this connector in the gateway's configuration",
        "grep -n -A3 secrets {config}",
    ),
    Fault.NO_KEY: (
        Who.US,
        "信任名册中没有该归集机构的有效密钥",
        "the trust bundle has no active key of the collection body",
        "向对方索取公钥，加入信任名册后重新加载",
        "get the public key from the agency, put it into the trust bundle, reload",
        _KEYS,
    ),
    Fault.KEY_EXPIRED: (
        Who.AGENCY,
        "该归集机构的密钥均不在有效期内",
        "no key of the collection body is within its window",
        "由对方提交新公钥；我方登记后重新加载",
        "submit the next public key; we register it and reload",
        _KEYS,
    ),
    Fault.NAME_UNKNOWN: (
        Who.NETWORK,
        "域名无法解析",
        "the name is not known",
        "核对清单中的地址是否写错；无误则检查网关所用的 DNS",
        "compare the manifest's address; if it is right, look at the gateway's DNS",
        _NAME,
    ),
    Fault.PORT_CLOSED: (
        Who.AGENCY,
        "连接被拒绝：该端口无服务监听",
        "refused: nobody listens at the port",
        "启动服务；或更正清单中的端口",
        "start the service; or correct the port in the manifest",
        _OPEN,
    ),
    Fault.NO_ROUTE: (
        Who.NETWORK,
        "连接无响应：路由不通或被防火墙丢弃",
        "no reply to a connection: no route, or a firewall drops it",
        "开通网关至该地址和端口的访问",
        "let the gateway through to that address and port",
        _OPEN,
    ),
    Fault.TOKEN_REFUSED: (
        Who.US,
        "对方拒绝我方身份（401 或 403）",
        "the agency does not let us in (401 or 403)",
        "核对令牌是否为对方现行的；仍被拒绝的，请对方核对访问名单",
        "compare the token; if it is right, have the agency look at who may ask",
        "grep -n bearer_token {manifest}",
    ),
    Fault.WRONG_PATH: (
        Who.US,
        "地址处没有此服务（404、405 或 410）",
        "there is no such service at the address (404, 405 or 410)",
        "更正清单 endpoint.url 的路径",
        "correct the path of endpoint.url in the manifest",
        _ASK,
    ),
    Fault.LIST_SILENT: (
        Who.AGENCY,
        "状态清单无法取得",
        "the status list cannot be had",
        "使 status_list.url 返回签名的清单",
        "let status_list.url answer with the signed list",
        _LIST,
    ),
    Fault.LIST_STALE: (
        Who.AGENCY,
        "状态清单已过期，或早于已见过的",
        "the status list has run out, or is older than one that was seen",
        "在到期前签发并发布新清单；核对缓存",
        "sign and publish the next list before it runs out; look at caches",
        _LIST,
    ),
    Fault.LIST_REFUSED: (
        Who.AGENCY,
        "状态清单未通过核验",
        "the status list is not believed",
        "按代码核对签名、sub 与格式",
        "by the code compare signature, sub and form",
        _LIST,
    ),
    Fault.CIRCUIT_OPEN: (
        Who.US,
        "网关因对方此前无答复而暂停查询",
        "the gateway does not ask for a while, since nobody answered",
        "处理上述问题后等待，到时自动重试",
        "mend what stands above, then wait: it is tried again by itself",
        _READY,
    ),
    Fault.SUSPENDED: (
        Who.US,
        "该连接器或账号已暂停，不会被查询",
        "the connector or its account is suspended and is not asked",
        "查看处置与清单 account；解除后方可查询",
        "look at sanctions and at account in the manifest; lift it first",
        "grep -n account {manifest}",
    ),
    Fault.NOT_IN_FORCE: (
        Who.US,
        "运行中的网关没有此连接器",
        "the running gateway does not know the connector",
        "重新加载网关（SIGHUP）并查看日志",
        "reload the gateway (SIGHUP) and look into its log",
        _READY,
    ),
}

_KIT: Mapping[FindingCode, tuple[Who, str]] = {
    **dict.fromkeys(FindingCode, (Who.AGENCY, _CHECK)),
    FindingCode.ADDRESS_REFUSED: (Who.US, "grep -n url {manifest}"),
    FindingCode.NO_CONNECTION: (Who.AGENCY, _OPEN),
    **dict.fromkeys(
        (
            FindingCode.TLS_WRONG_HOST,
            FindingCode.TLS_EXPIRED,
            FindingCode.TLS_UNTRUSTED,
            FindingCode.TLS_OLD_VERSION_ONLY,
            FindingCode.TLS_EXPIRES_SOON,
            FindingCode.TLS_OLD_VERSION_TAKEN,
        ),
        (Who.AGENCY, _HANDSHAKE),
    ),
    **dict.fromkeys(
        (
            FindingCode.PROBE_FAILED,
            FindingCode.NO_ANSWER,
            FindingCode.SLOW_ANSWER,
            FindingCode.SERVER_ERROR,
            FindingCode.BODY_CUT,
            FindingCode.WRONG_MEDIA_TYPE,
            FindingCode.REFUSED,
        ),
        (Who.AGENCY, _ASK),
    ),
    # Where it is served from now is the manifest's to say.
    FindingCode.REDIRECTED: (Who.US, _ASK),
    FindingCode.BODY_TOO_LARGE: (Who.AGENCY, "grep -n max_body_bytes {manifest}"),
    # A key that the agency registered and nobody put into the bundle.
    FindingCode.UNKNOWN_KEY: (Who.US, _KEYS),
    FindingCode.WRONG_ALGORITHM: (Who.US, _KEYS),
    FindingCode.BAD_SIGNATURE: (Who.AGENCY, _KEYS),
    FindingCode.KEY_NOT_IN_FORCE: (Who.AGENCY, _KEYS),
    FindingCode.KEY_EXPIRES_SOON: (Who.AGENCY, _KEYS),
    FindingCode.KEY_NOT_SEEN: (Who.AGENCY, _KEYS),
    # Ours is compared first: it is the one that can be looked at here.
    FindingCode.CLOCK_AHEAD: (Who.AGENCY, _CLOCK),
    FindingCode.CLOCK_OFF: (Who.AGENCY, _CLOCK),
    FindingCode.STALE_SIGNATURE: (Who.AGENCY, _CLOCK),
}

ADVICE: Mapping[Fault | FindingCode, Advice] = MappingProxyType(
    {
        **{
            code: Advice(
                Severity.FAILURE, who, Text(zh, en), Text(do_zh, do_en), command
            )
            for code, (who, zh, en, do_zh, do_en, command) in _OWN.items()
        },
        **{
            code: Advice(
                told.severity, *_KIT[code][:1], told.meaning, told.remedy, _KIT[code][1]
            )
            for code, told in EXPLANATIONS.items()
        },
    }
)
