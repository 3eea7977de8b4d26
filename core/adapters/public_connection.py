"""A connection to an address that somebody else named: to the very one that was looked up and found public."""

import asyncio
import ssl

from core.adapters.name_lookups import NameLookups
from core.domain.addresses import is_public
from core.domain.push_endpoints import NOT_PUBLIC, Endpoint

MOST_ADDRESSES = 4
DEFAULT_LIMIT = 65_536  # bytes of a line that is waited for: asyncio's own


async def addresses_of(endpoint: Endpoint, lookups: NameLookups) -> list[str] | None:
    """Where to connect to; None where any of its addresses lies inside. Raises OSError where there is none."""
    # Not the loop's own: `asyncio.run` waits for that to end, however long beyond the time that a call may take.
    addresses = await asyncio.wrap_future(lookups.ask(endpoint.host, endpoint.port))
    if not endpoint.listed and not all(map(is_public, addresses)):
        return None
    return addresses[:MOST_ADDRESSES]


async def connected(
    endpoint: Endpoint, addresses: list[str], limit: int = DEFAULT_LIMIT
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To the first that answers, and no other than these. Raises OSError."""
    context = ssl.create_default_context() if endpoint.tls else None
    name = endpoint.host if endpoint.tls else None
    failed: OSError = OSError(NOT_PUBLIC)
    for address in addresses:
        try:
            return await asyncio.open_connection(
                address, endpoint.port, limit=limit, ssl=context, server_hostname=name
            )
        except OSError as error:
            failed = error
    raise failed
