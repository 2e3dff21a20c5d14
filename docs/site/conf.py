"""How Sphinx builds one language of the site; ``tools/site.py`` calls it."""

import re

from sphinx.search import SearchLanguage, languages


class Chinese(SearchLanguage):
    """Finds Chinese by each two characters that stand beside each other.

    Sphinx's own has a list of words, and what is asked has to be cut as it cuts.
    """

    lang = "zh"
    # Without a bracket or a quotation mark, which the template would escape.
    js_splitter_code = r"""
function splitQuery(query) {
  const words = /[a-zA-Z0-9_]+|(?=([\u4e00-\u9fff]{2}))/g;
  return Array.from(query.matchAll(words), function (found) {
    return found[1] || found[0];
  });
}
"""
    _words = re.compile(r"([a-zA-Z0-9_]+)|(?=([\u4e00-\u9fff]{2}))")

    def split(self, input: str) -> list[str]:  # noqa: A002 - as Sphinx calls it
        """Return what is searched for in a text."""
        return [latin or two for latin, two in self._words.findall(input)]


languages["zh"] = Chinese
project = "certificate-gateway"
extensions = ["myst_parser"]
myst_all_links_external = True
html_theme = "furo"
html_title = "职业资格证书核验网关 · Certificate gateway"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
# A page that is opened as a file may not read another one.
html_show_search_summary = False
# Anchors and links are written out; tests/third_party/test_site.py follows each.
suppress_warnings = ["myst.header", "misc.highlighting_failure"]
