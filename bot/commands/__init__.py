"""The admin's chat: aiogram routers by topic; handlers read arguments, call the catalog, answer.

May live here: one module of handlers a topic, who may speak (`access`), what is said (`words`),
where errors end (`border`), how admins are heard (`listening`). May be imported: aiogram, the
catalog, `bot.locales`, pure rooms. Nothing is opened by importing; imported only with a token.
"""

from bot.commands.deps import CommandDeps, Preview
from bot.commands.listening import Listener, listen
from bot.commands.routing import router

__all__ = ["CommandDeps", "Listener", "Preview", "listen", "router"]
