"""Which test runs which code block of the pages.

A block belongs to one test, which finds it for itself. What stands here says so for all
of them: a block that nobody takes, or that two take, fails
``tests/pages/test_registry.py`` with its page and line.
"""

from collections.abc import Callable, Mapping

from tests.architecture.documents import Block
from tests.pages.asked import ASKED, OF_STEPS, block_below, stated_below
from tests.pages.test_lines import TYPED

Takes = Callable[[Block], bool]
HERE, ARCHITECTURE, GATEWAY = "tests/pages", "tests/architecture", "tests/gateway"
BELOW = {str(block_below(document)) for document in ASKED if stated_below(document)}
"""Where variables stand below a document, with which it is asked."""


def one(page: str, language: str, *starts: str) -> Takes:
    """Return what takes the blocks of a page that begin so; all in that language."""
    return lambda block: (
        (block.page, block.language) == (page, language)
        and block.text.startswith(starts or ("",))
    )


SHOWN = (
    ("the_first_answer_is_the_one_that_is_shown", "README.md", '{"data"'),
    ("a_decision_is_answered_as_it_is_shown", "docs/payments.md", '{"data"'),
    ("a_receipt_is_where_it_is_shown", "docs/integrators.md", '{"extensions"'),
    (
        "what_http_refuses_has_the_shape_that_is_shown",
        "docs/integrators.md",
        '{"errors"',
    ),
    ("a_purpose_is_stated_as_it_is_shown", "docs/integrators.md", '{"query"'),
    ("a_document_is_named_as_it_is_shown", "docs/integrators.md", '{"documentId"'),
    ("health_has_the_shape_that_is_shown", "docs/operating.md", '{"status"'),
    ("a_ruling_is_one_that_a_decision_takes", "docs/payments.md", '{"rulings"'),
    ("rest_asks_as_it_is_shown", "docs/agencies.md", '{"holders"'),
    ("what_rest_answers_is_found_where_it_is_shown", "docs/agencies.md", '{"results"'),
    (
        "graphql_asks_with_the_variables_that_are_shown",
        "docs/agencies.md",
        '{"representations"',
    ),
    ("rest_with_a_nonce_asks_as_it_is_shown", "docs/agencies.md", '{"people"'),
    (
        "a_signed_body_repeats_what_it_was_asked_as_is_shown",
        "docs/agencies.md",
        '{"nonce"',
    ),
    ("what_is_bound_is_read_as_it_is_shown", "docs/agencies.md", '{"number"'),
)
"""Tests of ``test_answers``, with the page and the beginning of what each compares."""
EXECUTORS: Mapping[str, Takes] = {
    f"{GATEWAY}/test_tutorials.py::test_a_tutorial_does_what_it_says": lambda block: (
        block.page.startswith("docs/tutorial-")
    ),
    f"{HERE}/test_lines.py::test_its_program_takes_a_line": lambda block: (
        block in TYPED
    ),
    f"{HERE}/test_graphql.py::test_a_document_is_answered": lambda block: (
        block in ASKED or str(block) in BELOW
    ),
    f"{HERE}/test_graphql.py::test_a_step_is_answered": lambda block: block in OF_STEPS,
    f"{ARCHITECTURE}/test_examples.py"
    "::test_the_query_shown_to_agencies_is_the_one_we_ask": lambda block: (
        block.about == "agency"
    ),
    f"{ARCHITECTURE}/test_examples.py::test_an_example_file_is_read": lambda block: (
        block.language == "toml"
    ),
    **{
        f"{HERE}/test_answers.py::test_{test}": one(page, "json", start)
        for test, page, start in SHOWN
    },
    f"{HERE}/test_programs.py"
    "::test_two_routers_hand_on_what_the_page_says_and_nothing_else": one(
        "docs/supergraph.md", "js"
    ),
    f"{HERE}/test_programs.py::test_apollo_router_hands_on_what_the_page_says": one(
        "docs/supergraph.md", "yaml"
    ),
    f"{HERE}/test_programs.py::test_a_websocket_is_followed_as_the_page_says": one(
        "docs/integrators.md", "js"
    ),
    f"{HERE}/test_programs.py::test_events_are_followed_by_the_pages_python": one(
        "docs/integrators.md", "python", "import asyncio"
    ),
    f"{HERE}/test_programs.py::test_a_receipt_is_checked_by_the_pages_python": one(
        "docs/integrators.md", "python", "jwt.decode"
    ),
    f"{HERE}/test_programs.py"
    "::test_a_change_of_state_is_signed_by_the_pages_python": one(
        "docs/collection.md", "python"
    ),
    f"{HERE}/test_texts.py::test_a_policy_is_read_once_its_keys_are_whole": one(
        "docs/transparency.md", "text"
    ),
    f"{HERE}/test_texts.py::test_the_pages_subgraph_is_asked_as_the_page_asks": one(
        "docs/supergraph.md", "text"
    ),
    f"{HERE}/test_texts.py::test_a_list_is_answered_in_the_lines_that_are_shown": one(
        "docs/payments.md", "text"
    ),
    f"{HERE}/test_texts.py::test_what_the_way_of_a_request_names_is_there": one(
        "docs/architecture.md", "text", "granian", "holder("
    ),
    f"{HERE}/test_texts.py::test_a_status_list_is_read_once_its_list_is_whole": one(
        "docs/agencies.md", "text"
    ),
    f"{HERE}/test_servers.py::test_postgresql_takes_the_settings_of_the_page": one(
        "docs/operating.md", "conf"
    ),
    f"{ARCHITECTURE}/test_layers.py::test_the_tree_of_the_page_is_the_tree": one(
        "docs/architecture.md", "text", "signing/"
    ),
    f"{ARCHITECTURE}/test_signing_example.py"
    "::test_what_the_example_signs_is_believed": one("docs/agencies.md", "python"),
    f"{ARCHITECTURE}/test_signing_languages.py"
    "::test_a_record_is_believed_and_read_by_the_pages_manifest": lambda block: (
        block.page == "docs/agencies.md" and block.language in {"java", "bash"}
    ),
    f"{ARCHITECTURE}/test_sm2_page.py"
    "::test_what_openssl_signs_by_the_page_is_believed": one("docs/sm2.md", "bash"),
    f"{ARCHITECTURE}/test_scaling_page.py"
    "::test_the_settings_of_a_pooler_are_those_of_the_code": lambda block: (
        block.page == "docs/scaling.md" and block.language in {"sql", "ini"}
    ),
    f"{GATEWAY}/collection/test_page.py"
    "::test_a_transfer_is_answered_as_the_page_says": one("docs/collection.md", "text"),
    f"{GATEWAY}/collection/test_page.py::test_a_transfer_is_signed_as_the_page_says": (
        one("docs/collection.md", "http")
    ),
    f"{GATEWAY}/mlps3/test_page.py::test_the_pages_table_is_the_demos": one(
        "docs/mlps3.md", "text"
    ),
    f"{GATEWAY}/callers/test_proxy.py::test_a_client_is_known_by_its_certificate": one(
        "docs/operating.md", "haproxy"
    ),
    "tests/third_party/test_site.py"
    "::test_every_link_leads_to_a_page_and_its_anchor": lambda block: (
        block.page.startswith("docs/site/") and block.language == "{toctree}"
    ),
}
"""The tests, with what each takes."""
ILLUSTRATIONS: Mapping[str, Takes] = {
    "a form that people fill in by hand": one("docs/key-ceremony.md", "text"),
}
"""What nothing can run, and why."""
