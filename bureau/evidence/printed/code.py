"""Draw a QR code (ISO/IEC 18004), as lines of SVG that need no style and no script."""

import segno

from bureau.evidence.printed.markup import Markup

QUIET = 4
"""Light modules around a code, as the standard asks."""


def drawn(text: str) -> Markup:
    """Return ``text`` as a code, as strong as its smallest size lets it be."""
    code = segno.make(text, error="l", boost_error=True, micro=False)
    return Markup(
        code.svg_inline(
            border=QUIET,
            dark="#000",
            light="#fff",
            omitsize=True,
            svgclass="code",
            lineclass=None,
            title="QR",
        )
    )
