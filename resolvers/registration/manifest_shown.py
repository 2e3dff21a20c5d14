"""A connector's manifest as the graph shows it: each entry, expressions in words."""

import strawberry

from bureau.scopes import READER
from connectors.errors import ManifestError
from connectors.registration.entries import Entry, entries_of
from resolvers.bilingual import InLanguage, Language, both, said


@strawberry.federation.type(
    requires_scopes=READER,
    description=both(
        "清单中的一项，含默认值", "An entry of a manifest, defaults included"
    ),
)
class ManifestEntry:
    """An entry."""

    kept: strawberry.Private[Entry]
    key: str = strawberry.field(description=both("键", "The key"))
    value: str = strawberry.field(
        description=both(
            "值；令牌不显示（***）", "The value; a token is not repeated (***)"
        )
    )

    @strawberry.field(
        description=both(
            "表达式取得什么；不是表达式时为空",
            "What an expression finds; null for what is none",
        )
    )
    def meaning(self, language: InLanguage = Language.ZH) -> str | None:
        """Return it in ``language``."""
        meaning = self.kept.meaning
        return None if meaning is None else said(meaning, language)


def manifest_shown(manifest: str) -> list[ManifestEntry] | None:
    """Return the entries; ``None`` if this version cannot read them."""
    try:
        entries = entries_of(manifest)
    except ManifestError:
        return None
    return [ManifestEntry(kept=e, key=e.key, value=e.value) for e in entries]
