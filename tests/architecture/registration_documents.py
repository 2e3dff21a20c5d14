"""The documents of registration, as docs/registration.md prints them.

``python -m tests.architecture.registration_documents`` writes them onto the page, and
onto the Chinese one.
"""

from gateway.registration.documents import DOCUMENTS
from tests.architecture.documents import ROOT

PAGE = "docs/registration.md"
PAGES = (PAGE, "docs/zh/registration.md")
BEGIN = "<!-- printed by tests/architecture/registration_documents.py -->\n"
END = "<!-- until here -->\n"


def printed() -> str:
    """Return every document in a block of its own."""
    return "\n".join(
        f"```graphql\n{document.text}```\n" for document in DOCUMENTS.values()
    )


def on_the_page() -> str:
    """Return what the page has."""
    text = (ROOT / PAGE).read_text("utf-8")
    return text.partition(BEGIN)[2].partition(END)[0]


if __name__ == "__main__":
    for name in PAGES:
        page = ROOT / name
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        page.write_text(f"{before}{BEGIN}{printed()}{END}{after}", "utf-8")
