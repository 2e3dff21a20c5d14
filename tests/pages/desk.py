"""Where command lines of the pages are run: a folder with the files that they name."""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import chdir
from hashlib import sha256
from itertools import takewhile
from typing import NamedTuple

from typer.testing import CliRunner

from gateway.cli import app
from signing.envelope import PayloadType
from tests.architecture.documents import ROOT, blocks
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import key_of, payload, record
from tests.pages.callers import ANYBODY, UNSTATED
from tests.pages.lines import Line
from tests.pages.story import PAID, Story

SECONDS = 60
JOINING = "harbour"
"""The connector that is drafted: the page's own id is there before."""
HEADER = ("证件号码", "证书项目", "等级")
TOKENS = ("token", "developer.token")
EVIDENCE = ROOT / "gateway" / "evidence"
"""The programs that outsiders verify by."""


class Ended(NamedTuple):
    """How a line ended, and what it said."""

    code: int
    said: str


def file_of_page(name: str) -> str:
    """Return a file that the pages show, by the name in its first line."""
    first = f"# {name}\n"
    (text,) = (one.text for one in blocks("toml") if one.text.startswith(first))
    return text


class Desk:
    """The folder of a gateway that runs, with what an office or an agency has."""

    def __init__(self, story: Story) -> None:
        self.folder = story.gateway.folder
        self._story = story
        self._environment = {
            "PATH": os.environ["PATH"],
            "GATEWAY": story.gateway.url,
            "TOKEN": ANYBODY,
            "CHECK_TOKEN": UNSTATED,
            "RECONCILE_TOKEN": UNSTATED,
            "GATEWAY_LANG": "en",
        }
        self._replaced = {
            "https://gateway.example.cn": story.gateway.url,
            "https://gateway.example": story.gateway.url,
            "http://127.0.0.1:8000": story.gateway.url,
            "/etc/": f"{self.folder}/etc-",
            "var/demo": str(story.agencies.folder),
            "bundle 17 ": f"bundle {story.decision} ",
            "extract 17 ": f"extract {story.decision} ",
            "2551b64824f7160837dc4171ec87316167469407bb1e64eff6fd0c54bfa6e067": (
                story.evidence
            ),
            "--caller district-07": f"--caller {ANYBODY}",
            "--role district-officer": "--role reader",
            # Other lines need what is there.
            "--before 2036-01-01": "--before 2026-01-01",
            **{
                f"connector {step} transport": f"connector {step} {JOINING}"
                for step in ("submit", "show", "manifest")
            },
        }
        self._write()

    def type(self, line: Line) -> Ended:
        """Run a line as a shell would, and a command of ours in this process."""
        text = line.text
        for stated, here in self._replaced.items():
            text = text.replace(stated, here)
        text = re.sub("^python ", f"{sys.executable} ", text)
        words = shlex.split(text)
        if words[0] == "gateway":
            return self._command(words)
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", text],
            cwd=self.folder,
            env=self._environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout + done.stderr)

    def _command(self, words: list[str]) -> Ended:
        """Run a command of ours; what it writes goes where the line says."""
        own = list(takewhile(lambda word: word != ">", words[1:]))
        with chdir(self.folder):
            done = CliRunner(env=self._environment).invoke(app, own)
        for file in words[len(own) + 2 :]:
            (self.folder / file).write_bytes(done.stdout_bytes)
        return Ended(done.exit_code, done.output + str(done.exception or ""))

    def _write(self) -> None:
        """Write what the lines read: signed records, questions, lists, tokens."""
        for name in TOKENS:
            (self.folder / name).write_text(ANYBODY, "utf-8")
        self._write_signed()
        self._write_asked()
        number = self._story.number(PAID)
        with (self.folder / "claims.csv").open("w", encoding="utf-8") as claims:
            csv.writer(claims).writerows(
                [HEADER, (number, "低压电工作业", "不区分等级")]
            )
        (self.folder / "paid.csv").write_text(
            "申领编号,金额\n沪浦补〔2026〕17号,1000\n"
        )
        for file in (*EVIDENCE.glob("*.mjs"), EVIDENCE / "verify_bundle.py"):
            shutil.copy(file, self.folder)
        told = self._command(
            shlex.split("gateway transparency status --config gateway.toml --json")
        )
        # The key of Ed25519 is the shorter one.
        key = min(json.loads(told.said)["keys"], key=len)
        (self.folder / "trusted.txt").write_text(f"log {key}\nquorum none\n")

    def _write_signed(self) -> None:
        """Have the page's Python sign, and keep the page's manifest beside it."""
        page = "docs/agencies.md"
        (program,) = (one.text for one in blocks("python") if one.page == page)
        manifest = next(one.text for one in blocks("toml") if one.page == page)
        subprocess.run([sys.executable, "-c", program], cwd=self.folder, check=True)
        for name in ("manifest.toml", "transport.toml"):
            text = manifest.replace('id = "transport"', f'id = "{JOINING}"')
            text = text.replace('bearer_token = "secret:transport-token"\n', "")
            (self.folder / name).write_text(text, "utf-8")
        submission, plan = file_of_page("submission.toml"), file_of_page("plan.toml")
        # Whoever joins with items of another connector says so.
        replacing = submission.replace("items =", 'replaces = "transport"\nitems =')
        (self.folder / "submission.toml").write_text(replacing, "utf-8")
        (self.folder / "plan.toml").write_text(plan, "utf-8")
        key = key_of(self._story.agencies)
        keys = self._story.agencies.folder / "keys"
        shutil.copy(keys / f"{key.kid}.pem", self.folder)
        (holder,) = nobodies(1)
        said = {**payload(holder, "T2026000001"), "status": "撤销"}
        sent = json.dumps({"record": record(key, said, type=PayloadType.STATE)})
        (self.folder / "states.ndjson").write_text(f"{sent}\n", "utf-8")

    def _write_asked(self) -> None:
        """Write a document in the forms that clients have, and its signed answer."""
        variables = {"idNumber": self._story.number(PAID)}
        document = next(one.text for one in blocks("graphql"))
        question = json.dumps({"query": document, "variables": variables})
        (self.folder / "holder-check.graphql").write_text(document, "utf-8")
        (self.folder / "page.md").write_text("```graphql\n{ agencies { id } }\n```\n")
        (self.folder / "question.json").write_text(question)
        (self.folder / "variables.json").write_text(json.dumps(variables))
        (self.folder / "persisted-documents.json").write_text(
            json.dumps({sha256(document.encode()).hexdigest(): document})
        )
        gateway = self._story.gateway
        headers = {"Prefer": "receipt", "Content-Type": "application/json"}
        signed_in = {**headers, "Authorization": f"Bearer {ANYBODY}"}
        _, answer = gateway.send("/graphql", question.encode(), signed_in)
        (self.folder / "answer.json").write_bytes(answer)
        _, keys = gateway.get("/receipts/keys")
        (self.folder / "keys.json").write_text(keys)
