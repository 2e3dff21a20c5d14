"""The words of pages where work is done: files, sums, corrections, recoveries, log."""

from collections.abc import Mapping
from types import MappingProxyType

from policy.text import Text

WORK: Mapping[str, Text] = MappingProxyType(
    {
        "section_batch": Text("批量核验", "Batch check"),
        "batch_title": Text("核验一个文件的申领", "Check a file of claims"),
        "batch_what": Text(
            "将 CSV 或 Excel（.xlsx）文件拖入下框，逐行与登记比较；结果可下载，与"
            "“gateway check”所写的相同。",
            "Drop a CSV or Excel file (.xlsx) into the box: each row is compared with "
            "the registries. The results can be downloaded, as gateway check writes "
            "them.",
        ),
        "batch_limits": Text(
            "至多{megabytes} MB、{rows}行。文件和结果仅留存于网关内存，至多{minutes}分"
            "钟，退出登录或网关重启即删除。",
            "At most {megabytes} MB and {rows} rows. File and results are held in the "
            "gateway's memory alone, for {minutes} minutes at most; they go when you "
            "sign out, or the gateway is restarted.",
        ),
        "batch_file": Text("文件", "File"),
        "batch_begin": Text("开始核验", "Begin"),
        "batch_refused": Text("文件未予核验", "The file is not checked"),
        "batch_under_way": Text("正在核验", "Under way"),
        "batch_paused": Text("已暂停", "It stopped"),
        "batch_paused_what": Text(
            "此前的结果已保留，可以下载，或继续核验其余各行。",
            "What was answered is kept: download it, or go on with the rest.",
        ),
        "batch_done": Text("核验完毕", "All rows are checked"),
        "batch_gone": Text(
            "该文件及其结果已不在网关内存中（已删除，或已满留存时限）；请重新拖入",
            "it and its results are no longer held: somebody deleted them, or their "
            "time was over; drop it in again",
        ),
        "batch_rows": Text("行", "rows"),
        "batch_go_on": Text("继续", "Go on"),
        "batch_fetch": Text("下载结果（CSV）", "Download the results (CSV)"),
        "batch_forget": Text("删除并核验另一文件", "Delete it and take another file"),
        "batch_outcomes": Text("各结果行数", "Rows by outcome"),
        "batch_count": Text("行数", "Rows"),
        "batch_not_compared": Text("未比较", "not compared"),
        "batch_look": Text("须再看的行", "Rows to be looked at"),
        "batch_more": Text(
            "其余见下载的结果。", "The others are in the results to download."
        ),
        "batch_line": Text("行号", "Line"),
        "batch_sources": Text("所问机构", "Asked"),
        "section_totals": Text("汇总与对账", "Totals"),
        "section_corrections": Text("更正", "Corrections"),
        "section_recoveries": Text("追回", "Recoveries"),
        "totals_by_month": Text("近12个月，按月", "The last 12 months, by month"),
        "totals_by_district": Text("近12个月，按区", "The last 12 months, by district"),
        "plot_months": Text("各月支付与追回", "Paid and recovered, by month"),
        "plot_districts": Text("各区支付与追回", "Paid and recovered, by district"),
        "no_totals": Text("尚无数据。", "Nothing was counted yet."),
        "changed_since": Text(
            "支付后的变动，按月、区",
            "What changed after it was paid, by month and district",
        ),
        "changed_what": Text(
            "与贵方账目核对时，各月、各区的合计以上表为准，此表列明差额由何而来。逐笔核对"
            "请用“逐笔对账”一页。",
            "Compare the sums of your own books with those above; a difference of a "
            "month and a district is explained here. Claim by claim, the page "
            "Reconciliation compares a list.",
        ),
        "nothing_changed": Text("没有变动。", "Nothing changed."),
        "section_reconciliation": Text("逐笔对账", "Reconciliation"),
        "reconciliation_title": Text(
            "将一份清单与台账逐笔核对", "Compare a list with the ledger, claim by claim"
        ),
        "reconciliation_what": Text(
            "将已决定申领的清单（CSV 或 NDJSON）拖入下框，逐行与台账比较；列名和结果与“"
            "gateway reconcile”相同。证件号码只作比较，不予显示。",
            "Drop the list of what you decided (CSV or NDJSON) into the box: each row "
            "is compared with the ledger. Columns and results are those of gateway "
            "reconcile. Identity numbers are compared, and never shown.",
        ),
        "reconciliation_limits": Text(
            "至多{megabytes} MB。每种结果至多列出{rows}行。结果仅留存于网关内存，至多"
            "{minutes}分钟，退出登录或网关重启即删除。",
            "At most {megabytes} MB; {rows} rows of each result are listed at most. "
            "The results are held in the gateway's memory alone, for {minutes} minutes "
            "at most; they go when you sign out, or the gateway is restarted.",
        ),
        "reconciliation_window": Text(
            "清单应包括哪些申领", "What the list should have"
        ),
        "reconciliation_window_hint": Text(
            "台账有而清单没有的，只在此范围内列出。",
            "What the ledger has and the list has not is told of these alone.",
        ),
        "first_day": Text("首日（含）", "First day, included"),
        "last_day": Text("末日（含）", "Last day, included"),
        "of_district": Text("区", "District"),
        "of_state": Text("状态", "State"),
        "reconciliation_begin": Text("开始对账", "Compare"),
        "reconciliation_refused": Text("清单未予对账", "The list is not compared"),
        "reconciliation_done": Text("对账完毕", "The list is compared"),
        "reconciliation_cut": Text(
            "未比较至末尾，结果不全；请稍后再试",
            "It was not compared to its end, and this is not all; try again later",
        ),
        "reconciliation_results": Text("各结果行数", "Rows by result"),
        "reconciliation_all": Text("全部", "All"),
        "reconciliation_rows": Text("各行", "Rows"),
        "reconciliation_more": Text(
            "此处未列全；全部结果可用 gateway reconcile 取得。",
            "Not all are listed here; gateway reconcile writes them all.",
        ),
        "reconciliation_none": Text("没有此类行。", "There are none of these."),
        "reconciliation_forget": Text(
            "删除结果并核对另一清单", "Delete the results and take another list"
        ),
        "differs": Text("不一致的项目", "What differs"),
        "in_the_ledger": Text("台账所载", "In the ledger"),
        "earlier_line": Text("已见于第{line}行", "It stands in line {line}"),
        "rows_first": Text("回到首行", "From the first row"),
        "rows_next": Text("后续各行", "Further rows"),
        "compared_match": Text("一致", "It matches"),
        "compared_different": Text("不一致", "It differs"),
        "compared_missing_here": Text("台账无此申领", "Not in the ledger"),
        "compared_missing_there": Text("清单无此申领", "Not on the list"),
        "compared_refused": Text("未比较", "not compared"),
        "listed_amountyuan": Text("金额（元）", "Yuan"),
        "listed_district": Text("区", "District"),
        "listed_person": Text("当事人", "Person"),
        "listed_certificate": Text("证书", "Certificate"),
        "listed_day": Text("日期", "Day"),
        "listed_state": Text("状态", "State"),
        "no_recoveries": Text("没有追回。", "Nothing is claimed back."),
        "unknown_recovery": Text("没有此笔追回。", "There is no such recovery."),
        "of_claim": Text("申领", "Claim"),
        "holder_differs": Text(
            "立案所据的证书持证人不同，须核实后通知，或结案。",
            "What opened it names another holder: notify after a look, or close it.",
        ),
        "amount_for_repayment": Text(
            "还款金额（元，仅登记还款时填写）",
            "Yuan that were paid back (a repayment only)",
        ),
        "recovery_moves": Text(
            "步骤按所见版本办理；他人先行办理的，请重新查看。",
            "A step is taken on the version that is shown; if somebody was first, look "
            "again.",
        ),
        "recorded_and_right": Text("所记录与应记录", "Recorded, and what it should be"),
        "recorded": Text("所记录", "Recorded"),
        "should_be": Text("应为", "Should be"),
        "not_to_be_seen": Text("未能取得", "could not be had"),
        "only_reversed": Text(
            "仅冲销：本不应支付。", "It is reversed alone: nothing was to be paid."
        ),
        "answer_it": Text("答复", "Answer"),
        "two_officers": Text(
            "提出者不得确认：须由另一调用方、另一经办人办理；任何人均可驳回。",
            "Whoever proposed does not confirm: another caller and another officer do; "
            "anybody may reject.",
        ),
        "step_confirm": Text("确认", "Confirm"),
        "step_reject": Text("驳回", "Reject"),
        "step_notify": Text("已通知当事人", "Note that the claimant was told"),
        "step_repay": Text("登记还款", "Note a repayment"),
        "step_refer": Text("移送公安机关", "Refer it to the police"),
        "step_close": Text("结案", "Close it without the rest"),
        "officer": Text("经办人（工号）", "Officer, by staff number"),
        "section_log": Text("透明日志", "Transparency log"),
        "log_what": Text(
            "本页供查看；需要证明的，请自行取检查点和数据块，以他人的程序核验。",
            "This page is to look at. Whoever wants proof takes checkpoint and tiles, "
            "and verifies them with programs of others.",
        ),
        "log_unsigned": Text(
            "尚无检查点：无人签名，或刚刚启动。",
            "There is no checkpoint yet: nobody signs the log, or it has just begun.",
        ),
        "log_newest": Text("最新检查点", "The newest checkpoint"),
        "log_witnessed": Text(
            "已获足够见证的最新检查点", "The newest that enough witnesses cosigned"
        ),
        "log_age": Text("距今", "Age"),
        "log_witnesses": Text("见证者", "Witnesses"),
        "log_nobody_has_to": Text(
            "未设见证：日志只有网关自己的签名。",
            "Nobody has to cosign: the log has the gateway's own word alone.",
        ),
        "log_never": Text("未见证以上检查点", "did not cosign what stands above"),
    }
)
