"""A submission as files: a TOML table, with the manifest and the plan beside it."""

from pathlib import Path

import msgspec

from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.submission import MAX_BYTES, Contact, Submission
from connectors.strict_toml import TableError, read_table


class SubmissionFile(msgspec.Struct, frozen=True, kw_only=True):
    """The table; paths are taken from its folder."""

    credit_code: str
    items: tuple[str, ...]
    contacts: tuple[Contact, ...]
    manifest: str
    plan: str | None = None
    replaces: str | None = None


def read_submission_file(path: Path) -> Submission:
    """Return the submission in ``path``.

    Raises:
        RegistrationError: a file is too large, cannot be read, or has unknown keys.
    """
    try:
        table = read_table(read_text(path), SubmissionFile)
    except TableError as error:
        raise _unusable(f"{path.name}: {error}") from None
    folder = path.parent
    return Submission(
        credit_code=table.credit_code,
        items=table.items,
        contacts=table.contacts,
        manifest=read_text(folder / table.manifest),
        plan=None if table.plan is None else read_text(folder / table.plan),
        replaces=table.replaces,
    )


def as_variable(stated: Submission) -> dict[str, object]:
    """Return a submission as the graph takes it."""
    return {
        "creditCode": stated.credit_code,
        "items": stated.items,
        "contacts": msgspec.to_builtins(stated.contacts),
        "manifest": stated.manifest,
        "plan": stated.plan,
        "replaces": stated.replaces,
    }


def read_text(path: Path) -> str:
    """Return a small text.

    Raises:
        RegistrationError: it is too large, or cannot be read.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise RegistrationError(
                RefusalCode.SUBMISSION_TOO_LARGE,
                f"{path.name}: {size} bytes, at most {MAX_BYTES}",
            )
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise _unusable(f"{path.name} cannot be read") from None


def _unusable(detail: str) -> RegistrationError:
    return RegistrationError(RefusalCode.SUBMISSION_UNUSABLE, detail)
