"""Follow one event by PyPI gql over a websocket, and print it."""

import asyncio
import json
import sys

from gql import Client, gql
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

CHANGES = gql("""subscription($after: String) {
  certificateStateChanged(after: $after) { cursor certificateId }
}""")


async def follow(url: str, token: str, after: str) -> None:
    """Print the first event after a cursor, or the refusal."""
    transport = WebsocketsTransport(
        url=url.replace("http", "ws", 1),
        init_payload={"Authorization": f"Bearer {token}"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    CHANGES.variable_values = {"after": after}
    try:
        async with Client(transport=transport) as session:
            async for event in session.subscribe(CHANGES):
                sys.stdout.write(json.dumps(event))
                break
    except TransportError as error:
        sys.stdout.write(json.dumps({"refused": str(error)}))


asyncio.run(follow(*sys.argv[1:]))
