"""A licence's electronic id is shown, and what is in order warns of nothing."""

from tests.running import Agencies, Gateway

ASK = """query($n: String!) { holder(idNumber: $n) { certificates { nodes {
  licenceId warnings { code } row { item { code } level } itemCode level } } } }"""


def test_certificates_in_order_have_their_row_and_no_warnings(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("whole-annex")["idNumber"]

    nodes = gateway.ask(ASK, n=number)["holder"]["certificates"]["nodes"]

    assert len(nodes) == 41
    assert [node["warnings"] for node in nodes] == [[]] * 41
    rows = [(node["row"]["item"]["code"], node["row"]["level"]) for node in nodes]
    assert rows == [(node["itemCode"], node["level"]) for node in nodes]
    for node in nodes:
        is_licence = node["level"] == "UNGRADED"
        assert str(node["licenceId"]).startswith("1.2.156.3005.2.") is is_licence
