"""Somebody at the console without a browser: cookies, forms, files, and no scripts."""

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
BOUNDARY = "----WebKitFormBoundaryOfATest01"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as it came; nothing is followed."""

    status: int
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: bytes

    @property
    def text(self) -> str:
        """The body as a text."""
        return self.body.decode()

    def data(self, name: str) -> list[str]:
        """Return what stands in each ``data-name``."""
        return re.findall(rf'data-{name}="([^"]*)"', self.text)


@dataclass(slots=True)
class Visitor:
    """Somebody who reads pages in a language."""

    url: str
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, token: str) -> None:
        """Begin a session."""
        page = self.get("/console/sign-in")
        sent = self.post("/console/sign-in", {"token": token}, page)
        assert sent.status == 303, sent.text

    def sign_out(self) -> None:
        """End it."""
        page = self.get("/console/agencies")
        assert self.post("/console/sign-out", {}, page).status == 303

    def get(self, path: str) -> Page:
        """Open a page."""
        return self._ask("GET", path, None, {})

    def post(
        self,
        path: str,
        fields: Mapping[str, str],
        page: Page,
        *,
        file: tuple[str, bytes] | None = None,
        by_script: bool = False,
    ) -> Page:
        """Send a form that stood on ``page``."""
        found = TOKEN.search(page.text)
        assert found is not None, page.text
        stated = {"form_token": found[1], **fields}
        headers = {"Origin": self.url}
        if by_script:
            headers["HX-Request"] = "true"
        if file is None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return self._ask("POST", path, urlencode(stated).encode(), headers)
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        return self._ask("POST", path, multipart(stated, file), headers)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Page:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        cookies = "; ".join(f"{name}={one}" for name, one in self.cookies.items())
        sent = {"Accept-Language": self.language, "Cookie": cookies, **headers}
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            said = {name.lower(): value for name, value in response.headers.items()}
            page = Page(response.status, said, response.read())
            for line in response.headers.get_all("Set-Cookie", []):
                for name, morsel in SimpleCookie(line).items():
                    self.cookies[name] = morsel.value
        finally:
            connection.close()
        return page


def multipart(fields: Mapping[str, str], file: tuple[str, bytes]) -> bytes:
    """Return a form with a file as browsers send it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        f"{value}\r\n".encode()
        for name, value in fields.items()
    ]
    name, content = file
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; '
        f'filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    )
    end = f"\r\n--{BOUNDARY}--\r\n"
    return b"".join([*parts, head.encode(), content, end.encode()])
