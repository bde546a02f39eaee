"""The only wiring: Settings + World → an App with its beats, its start and its stop.

`run` is `berita run`. aiogram is imported here inside functions alone, and only with a token.
"""

from bot.app.application import App
from bot.app.build import build_adapters, fetch_limits, open_world, version
from bot.app.running import run

__all__ = ["App", "build_adapters", "fetch_limits", "open_world", "run", "version"]
