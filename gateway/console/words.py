"""The words of the pages, in both languages; those of the graph are the schema's."""

from collections.abc import Mapping
from types import MappingProxyType

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
        "forbidden": Text(
            "您没有查看此内容的权限。", "You are not permitted to see this."
        ),
        "scopes_needed": Text("所需权限：", "Needed:"),
        "needed": Text("（必填）", "(required)"),
        "not_stated": Text("（未填）", "(not stated)"),
        "yes": Text("是", "yes"),
        "no": Text("否", "no"),
        "colon": Text("：", ": "),
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
        "reason": Text("原因", "Reason"),
        "cached": Text("缓存", "cached"),
        "collected_at": Text("归集于", "collected at"),
        "as_of": Text("核验于", "verified at"),
    }
)
