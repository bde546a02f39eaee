"""The command line: `berita …`, one module a topic.

May live here: commands, what they print, how they open the store. May be imported: at the top of a
module Typer, rich and the standard library only, and the rest inside the functions that need it,
so that `berita --help` answers at once. Commands call `feeds.catalog`, `bot.preview`, `bot.app`.
"""


def main() -> None:
    """Run the command line and exit: 0 done, 1 it failed, 2 the call was wrong."""
    import sys

    from bot.cli.root import call

    sys.exit(call(sys.argv[1:]))
