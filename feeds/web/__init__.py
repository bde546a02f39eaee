"""The room of the aiohttp client: pools, guard, bounds, and the border where its errors end.

    client   AiohttpWeb, the port `feeds.ports.Web` over three pools
    answers  what comes back: bodies within their bound, headers, redirects
    errors   an exchange under way, and the one place that reads aiohttp's errors

aiohttp and yarl are imported here and their types stay here.
"""

from feeds.web.client import AiohttpWeb

__all__ = ["AiohttpWeb"]
