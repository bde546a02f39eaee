"""The room of the aiohttp client: pools, guard, bounds, and the border where its errors end.

    client   AiohttpWeb, the port `feeds.ports.Web` over three pools
    pools    a pool of connections, and the gate that every new socket passes
    kept     connections kept for the next request, unless they hold what nobody asked for
    names    names are judged by all of their addresses
    answers  what comes back: bodies within their bound, headers, redirects
    errors   an exchange under way, and the one place that reads aiohttp's errors

aiohttp and yarl are imported here and their types stay here.
"""

from feeds.web.client import AiohttpWeb

__all__ = ["AiohttpWeb"]
