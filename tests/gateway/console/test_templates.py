"""Pages say what there are words for, and load what was looked at."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest

from bureau.ledger.reconciliation import Compared, Comparison
from gateway.console import static_files
from gateway.console.asking import DOCUMENTS
from gateway.console.console import HANDLERS
from gateway.console.language import Language
from gateway.console.pages.corrections import ANSWERS
from gateway.console.pages.recoveries import STEPS
from gateway.console.rendering import FOLDER, described, in_language
from gateway.console.sections import Section
from gateway.console.static_files import ChangedFileError, addresses, read_sums
from gateway.console.words import WORDS

SOURCES = [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.py")]
TEMPLATES = {path.name: path.read_text("utf-8") for path in FOLDER.rglob("*.html")}
USED = re.compile(r'"([a-z_]+)"')


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    used = {
        word
        for path in SOURCES
        if path.name not in {"words.py", "work_words.py"}
        for word in USED.findall(path.read_text("utf-8"))
    }
    asked = {
        word
        for text in TEMPLATES.values()
        for word in re.findall(r'word\("([a-z_]+)"\)', text)
    }
    made = {f"section_{section}" for section in Section} | {
        f"circuit_{state}" for state in ("closed", "half_open", "open")
    }
    taken = {*ANSWERS, *(step for steps in STEPS.values() for step in steps)}
    made |= {f"step_{step.lower()}" for step in taken}
    made |= {f"compared_{one.lower()}" for one in Comparison}
    made |= {f"listed_{one.lower()}" for one in Compared}

    assert asked - WORDS.keys() == set()
    assert WORDS.keys() - used - made == set()
    assert made <= WORDS.keys()


def test_every_section_has_a_page() -> None:
    assert HANDLERS.keys() == set(Section)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_script_style_or_safe_text_stands_in_a_template(name: str) -> None:
    text = TEMPLATES[name]

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|\|\s*safe|javascript:", text) == []
    assert re.findall(r"<script(?! src=\"\{\{ static)", text) == []
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', text) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_form_that_is_posted_has_its_token(name: str) -> None:
    forms = re.findall(
        r"<form[^>]*method=\"post\".*?</form>", TEMPLATES[name], re.DOTALL
    )

    assert [form for form in forms if 'name="form_token"' not in form] == []
    assert TEMPLATES[name].count("<form") == len(forms)


@pytest.mark.parametrize("name", TEMPLATES)
def test_enter_takes_none_of_several_steps(name: str) -> None:
    forms = re.findall(r"<form.*?</form>", TEMPLATES[name], re.DOTALL)
    several = [form for form in forms if re.search(r"for [^%]+ %}\n<button", form)]

    # HTML, 4.10.21.2: a form whose first button is disabled is not sent by a key.
    for form in several:
        first = form.index("parts.no_key()")
        assert first < form.index("<button")


def test_every_document_asks_or_takes_one_step() -> None:
    assert all(document.name.startswith("Console") for document in DOCUMENTS.values())
    assert {one.name: one.field for one in DOCUMENTS.values() if one.is_step} == {
        "ConsoleAnswerCorrection": "answerCorrection",
        "ConsoleRecoveryStep": "takeRecoveryStep",
    }


def test_what_others_wrote_is_as_it_was_published() -> None:
    for name, digest in read_sums().items():
        raw = (static_files.FOLDER / name).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == digest

    present = {path.name for path in static_files.FOLDER.iterdir()}
    assert present == {*read_sums(), "SHA256SUMS", "console.css"}


def test_a_script_that_was_changed_is_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "static"
    shutil.copytree(static_files.FOLDER, folder)
    script = folder / static_files.SCRIPT
    script.write_bytes(script.read_bytes() + b"\n")
    monkeypatch.setattr(static_files, "FOLDER", folder)
    addresses.cache_clear()

    with pytest.raises(ChangedFileError):
        addresses()

    addresses.cache_clear()


def test_the_schemas_words_are_those_of_a_language() -> None:
    assert described("FindingOutcome.MET") == ("满足", "Met")
    assert described("Certificate.issuedOn").en == "When this document was issued"
    with pytest.raises(KeyError):
        described("FindingOutcome.NONE")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param("额度已满 / spent", "spent", id="both"),
        pytest.param("a / b", "a / b", id="a slash in English"),
        pytest.param("no such thing", "no such thing", id="one"),
    ],
)
def test_the_half_of_a_message_in_the_language_is_shown(
    message: str, expected: str
) -> None:
    assert in_language(message, Language.EN) == expected
