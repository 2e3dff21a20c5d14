"""Options of the log of hashes: the table ``[transparency]``."""

from pathlib import Path
from typing import Annotated, Self

import msgspec

Origin = Annotated[str, msgspec.Meta(pattern=r"\A[^\s+]{1,255}\Z")]


class Transparency(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs how long the log is, who cosigns it, and who may read it."""

    origin: Origin | None = None
    """The log's name, an address without a scheme; it never changes."""
    key_file: str | None = None
    """A file with 64 hexadecimal digits: the log's Ed25519 key."""
    ml_dsa_key_file: str | None = None
    """A file with 64 hexadecimal digits: the seed of an ML-DSA-44 key beside it."""
    policy_file: str | None = None
    """The witnesses that are asked, and how many it takes (C2SP tlog-policy)."""
    requires_witnesses: bool = False
    """Whether a checkpoint counts only once the policy's quorum has cosigned it."""
    is_public: bool = False
    """Whether anybody may read checkpoints, tiles and entries, or callers alone."""

    def in_folder(self, folder: Path) -> Self:
        """Return the options with files taken from ``folder``."""
        names = ("key_file", "ml_dsa_key_file", "policy_file")
        files = {name: getattr(self, name) for name in names}
        return msgspec.structs.replace(
            self,
            **{
                name: None if file is None else str(folder / file)
                for name, file in files.items()
            },
        )
