"""Run one link until it is signalled to stop.

It listens on two ports: one to be connected through, one for its knobs, which are read
and set at ``/sandbox/link`` as an agency's fault is at ``/sandbox/fault``.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

from aiohttp import web

from sandbox.link import Certificates, Link
from sandbox.question import read_question
from sandbox.serve import BACKLOG, listen, run_until_stopped
from sandbox.server import answer_bad_questions, as_json
from sandbox.troubles import read_knobs

KNOBS = "/sandbox/link"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """Options of a link."""

    target: str
    """A path, or a host and a port."""
    host: str
    port: int
    knobs_port: int  # 0: any free one, as above
    certificates: Certificates | None = None


def serve_link(options: LinkOptions) -> None:
    """Serve until SIGTERM or SIGINT; say on standard output where the knobs are.

    Raises:
        PortTakenError: somebody else listens on one of the ports.
    """
    here = listen(options.host, options.port)
    knobs = listen(options.host, options.knobs_port)

    async def run() -> None:
        link = Link(options.target, options.certificates, here)
        server = await asyncio.start_server(link.accept, sock=here, backlog=BACKLOG)
        port: int = here.getsockname()[1]

        async def closing(_app: web.Application) -> AsyncIterator[None]:
            yield
            server.close()
            await link.close()

        app = make_link_app(link, port)
        app.cleanup_ctx.append(closing)
        await run_until_stopped(app, knobs)

    asyncio.run(run())


def make_link_app(link: Link, port: int) -> web.Application:
    """Return the application by which a link is read and set."""

    def state() -> web.Response:
        told = {"port": port, "connections": link.connections, **asdict(link.knobs)}
        return as_json(told)

    async def read(_request: web.Request) -> web.Response:
        return state()

    async def turn(request: web.Request) -> web.Response:
        link.turn(read_knobs(read_question(await request.read())))
        return state()

    app = web.Application(middlewares=[answer_bad_questions])
    app.router.add_get(KNOBS, read)
    app.router.add_post(KNOBS, turn)
    return app
