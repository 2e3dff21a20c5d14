"""The words of the pages, in both languages; those of the graph are the schema's."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.console.work_words import WORK
from policy.text import Text

WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "console": Text("证书网关 · 工作台", "Certificate gateway · console"),
        "skip": Text("跳到正文", "Skip to the content"),
        "menu": Text("页面", "Pages"),
        "other_language": Text("English（英文）", "中文 (Chinese)"),
        "signed_in_as": Text("已登录：", "Signed in:"),
        "sign_out": Text("退出", "Sign out"),
        "sign_in": Text("登录", "Sign in"),
        "sign_in_why": Text(
            "页面所示内容以您的权限为准；查询个人均记入审计日志。",
            "The pages show what you may see; every look-up of a person is on the "
            "audit log.",
        ),
        "sign_in_by": Text("登录方式：", "Sign in by"),
        "sign_in_nothing": Text("请填写令牌。", "Type a token."),
        "sign_in_refused": Text(
            "令牌无效或已过期，未登录。",
            "The token is not known or has expired; you are not signed in.",
        ),
        "issuer_away": Text(
            "登录服务暂时无法使用，未登录。",
            "The issuer cannot be asked now; you are not signed in.",
        ),
        "to_issuer": Text("前往登录服务", "To the issuer's own pages"),
        "signed_in": Text("已登录", "You are signed in"),
        "go_on": Text("继续", "Go on"),
        "token": Text("访问令牌", "Access token"),
        "token_hint": Text(
            "仅留存于网关内存，浏览器只得到一个随机编号；关闭浏览器即退出。",
            "The gateway keeps it in memory, the browser gets a random number; "
            "closing the browser ends the session.",
        ),
        "not_done": Text("未办理", "Nothing was done"),
        "to_start": Text("回到首页", "Back to the first page"),
        "foreign_form": Text(
            "此表单并非由本页发出，或登录已更换；请重新打开页面再试。",
            "No page of this console sent this form, or the session is another one; "
            "open the page again.",
        ),
        "refused_request": Text(
            "未能读取所发送的内容：过大、过慢或不是表单。",
            "What was sent could not be read: too large, too slow, or no form.",
        ),
        "refused_size": Text(
            "所发送的内容过大，未予读取；文件至多4 MB，请拆分后再试。",
            "What was sent is too large and was not read; a file has at most 4 MB: "
            "split it and try again.",
        ),
        "forbidden": Text(
            "您没有查看此内容的权限。", "You are not permitted to see this."
        ),
        "scopes_needed": Text("所需权限：", "Needed:"),
        "needed": Text("（必填）", "(required)"),
        "not_stated": Text("（未填）", "(not stated)"),
        "yes": Text("是", "yes"),
        "no": Text("否", "no"),
        "section_claim": Text("申领查询", "Claim"),
        "claim_title": Text("一次申领，逐条说明", "One claim, clause by clause"),
        "claim_what": Text(
            "以通知原文逐条说明：能否补贴、缺少什么、由谁办理、所述与登记是否一致。",
            "In the notice's own words: whether it is paid, what is missing, who has "
            "to act, and what was stated beside what is registered.",
        ),
        "who_and_what": Text("申领人与证书", "Claimant and certificate"),
        "id_number": Text("证件号码", "Identity number"),
        "id_number_hint": Text(
            "不会出现在网址和日志中。", "It is in no address and no log."
        ),
        "id_type": Text(
            "证件类型（未填时按号码推得）", "Id type (inferred if not stated)"
        ),
        "holder_name": Text("姓名", "Name"),
        "holder_name_hint": Text("填写时核对。", "Compared if stated."),
        "item": Text("证书项目", "Item"),
        "level": Text("等级", "Grade"),
        "stated_certificate": Text("所持证书上的内容", "As the paper says"),
        "stated_certificate_hint": Text(
            "填写时与登记比较。", "Compared with the registry if stated."
        ),
        "certificate_number": Text("证书编号", "Certificate number"),
        "facts_of_claim": Text("申领的事实", "Facts of the claim"),
        "facts_hint": Text(
            "未填的视为未知，有关条款可能无法判断。",
            "What is not stated is not known; clauses may stay undetermined.",
        ),
        "why_looked_up": Text("为何查询", "Why the person is looked up"),
        "why_hint": Text(
            "查询个人须说明目的和案号，记入审计日志。",
            "A purpose and a case are needed, and are on the audit log.",
        ),
        "purpose": Text("查询目的", "Purpose"),
        "case_number": Text("案号", "Case number"),
        "look_up": Text("查询", "Look up"),
        "fields_missing": Text(
            "请填写标有“必填”的各项。", "Fill in everything that is required."
        ),
        "expected": Text("要求", "Expected"),
        "actual": Text("实际", "Registered or stated"),
        "due_on": Text("期限或变化之日", "Due, or changes, on"),
        "not_asked": Text("未予查询", "Nobody was asked"),
        "not_judged": Text("未予判断", "Nothing was judged"),
        "verdict": Text("结论", "Verdict"),
        "amount": Text("补贴金额", "Amount"),
        "yuan": Text("元", "yuan"),
        "what_is_missing": Text(
            "缺少什么，由谁办理", "What is missing, and who has to act"
        ),
        "nothing_missing": Text(
            "各条均满足，无须补充。", "Every clause is met; nothing is missing."
        ),
        "clause_by_clause": Text("逐条说明", "Clause by clause"),
        "stated_and_registered": Text("所述与登记", "Stated and registered"),
        "field": Text("项", "Field"),
        "stated": Text("所述", "Stated"),
        "registered": Text("登记", "Registered"),
        "as_typed": Text("如所填写", "as typed"),
        "comparison": Text("比较", "Comparison"),
        "registered_certificates": Text(
            "登记的证书", "Certificates that are registered"
        ),
        "no_certificate": Text("没有此项目的证书。", "No certificate of this item."),
        "state": Text("登记状态", "State"),
        "standing": Text("今日效力", "Standing today"),
        "authority": Text("行业主管部门", "Authority"),
        "contradiction": Text("登记自相矛盾", "Contradiction in the record"),
        "who_was_asked": Text("各机构的答复", "Who was asked"),
        "outcome": Text("结果", "Outcome"),
        "took": Text("用时", "Took"),
        "attempts": Text("询问次数", "Attempts"),
        "reason": Text("原因", "Reason"),
        "cached": Text("缓存", "cached"),
        "collected_at": Text("归集于", "collected at"),
        "as_of": Text("核验于", "verified at"),
        "section_certificate": Text("证书证据链", "Certificate"),
        "section_agencies": Text("登记机构", "Agencies"),
        "section_registration": Text("接入登记", "Registration"),
        "certificate_title": Text(
            "一张证书的证据链", "A certificate's chain of evidence"
        ),
        "which_certificate": Text("哪张证书", "Which certificate"),
        "show_chain": Text("查看证据链", "Show its chain of evidence"),
        "unknown_certificate": Text(
            "没有此编号的证书。", "No certificate has this id."
        ),
        "print_hint": Text(
            "可直接打印；打印件不作为证据，二维码可离线核验。",
            "Made to be printed; paper proves nothing, its code can be checked "
            "offline.",
        ),
        "chain_name": Text("证据链", "Chain of evidence"),
        "chain_examined": Text("评价机构", "Examined by"),
        "chain_authority": Text("行业主管部门", "Authority"),
        "chain_signed": Text("归集机构签名", "Signed by the collection body"),
        "chain_key": Text("签名密钥", "Signing key"),
        "chain_scope": Text("密钥的权限", "What the key may attest"),
        "chain_received": Text("网关取得", "Received by the gateway"),
        "chain_fresh": Text("时效与状态", "Freshness and state"),
        "chain_logged": Text("透明日志", "Transparency log"),
        "not_known": Text("未载明", "not stated"),
        "checks": Text("各项核验", "Checks"),
        "check": Text("核验项", "Check"),
        "record_digest": Text("所签内容的摘要", "Digest of what was signed"),
        "sequence": Text("推送序号", "Sequence number"),
        "changed_on": Text("状态变更，自", "Changed as of"),
        "supersedes": Text("取代此前版本", "Supersedes"),
        "code": Text("二维码", "QR code"),
        "code_hint": Text(
            "以 verify.html 或 gateway verify 核验，无须联网。",
            "Checked by verify.html or gateway verify, without a network.",
        ),
        "code_too_long": Text(
            "证明过长，印不成二维码；请索取证据包。",
            "Its proof is too long for a code; ask for the bundle.",
        ),
        "code_not_yours": Text(
            "二维码来自证据包，需要 identity:read 及 audit:read 或 payments:write "
            "权限。",
            "The code is of the evidence bundle, which takes identity:read and "
            "audit:read or payments:write.",
        ),
        "over_how_long": Text("数据质量的统计期间", "Data quality over"),
        "health": Text("近况", "Health"),
        "latency": Text(
            "平均用时（本网关启动以来）", "Mean time a call (since this gateway began)"
        ),
        "calls": Text("次查询", "calls"),
        "no_calls": Text("尚未查询", "not asked yet"),
        "circuit": Text("熔断", "Circuit breaker"),
        "circuit_closed": Text("闭合：照常查询", "closed: it is asked"),
        "circuit_half_open": Text("半开：试探中", "half open: one trial is made"),
        "circuit_open": Text("断开：暂不查询", "open: it is not asked"),
        "account": Text("账号", "Account"),
        "keys": Text("密钥", "Keys"),
        "quality": Text("数据质量", "Data quality"),
        "nothing_counted": Text("尚无数据", "nothing counted"),
        "waiting_for_a_step": Text("待办理", "Waiting for a step"),
        "nothing_waits": Text("没有待办事项。", "Nothing waits."),
        "others": Text("其他", "Others"),
        "step_taken": Text("已办理。", "The step was taken."),
        "unknown_connector": Text("没有此连接器。", "There is no such connector."),
        "version": Text("版本", "version"),
        "report": Text("符合性检查报告", "The conformance kit's report"),
        "conforming": Text("没有失败项", "Nothing failed"),
        "not_conforming": Text("有失败项", "Something failed"),
        "finding": Text("发现", "Finding"),
        "place": Text("位置", "Place"),
        "meaning": Text("含义", "Meaning"),
        "remedy": Text("处理办法", "Remedy"),
        "no_report": Text("尚未检查。", "Not checked yet."),
        "reason_for_key": Text("批准密钥的理由：", "Why the key is approved:"),
        "next_step": Text("下一步", "Next step"),
        "four_eyes": Text(
            "提交人不得审批；须说明理由，记入历史。",
            "Whoever submitted does not approve; the reason is on record.",
        ),
        "reason_for_step": Text("理由", "Reason"),
        "manifest": Text("清单，逐项说明", "The manifest, explained"),
        "value": Text("值", "Value"),
        "manifest_unreadable": Text(
            "本版本不能读取此清单，或您无权查看。",
            "This version cannot read the manifest, or you may not see it.",
        ),
        "history": Text("历史", "History"),
        "section_sanctions": Text("处置", "Sanctions"),
        "section_ledger": Text("台账", "Ledger"),
        "no_sanctions": Text("没有处置。", "There are no sanctions."),
        "proposed_by_the_gateway": Text("网关的建议", "Proposed by the gateway"),
        "decisions": Text("决定", "Decisions"),
        "older": Text("更早的", "Older ones"),
        **WORK,
    }
)
