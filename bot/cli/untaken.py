"""What the configuration declares and no run has taken up yet: said on stderr beside a listing."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from bot.cli import show

if TYPE_CHECKING:
    from config import Settings
    from feeds.catalog import Catalog
    from feeds.store import Names

Answer = TypeVar("Answer")
What = Literal["feed", "destination", "route"]

NAMED_MAX: Final = 4  # the rest is counted


def with_names(
    question: "Callable[[Catalog], Awaitable[Answer]]",
) -> "Callable[[Catalog], Awaitable[tuple[Answer, Names]]]":
    """Ask for the names in the store besides, to compare them with those of the file."""

    async def asked(catalog: "Catalog") -> "tuple[Answer, Names]":
        return await question(catalog), await catalog.store.names()

    return asked


def tell_untaken(settings: "Settings", names: "Names", *whats: What) -> None:
    """Say on stderr what of these kinds is declared and not in the store, if there is any."""
    missing = _missing(settings, names)
    lacking = [f"{what} {name}" for what in whats for name in missing[what]]
    if not lacking:
        return
    more = f" and {len(lacking) - NAMED_MAX} more" if len(lacking) > NAMED_MAX else ""
    show.complain(
        f"Declared in {settings.file}, not taken up yet: {', '.join(lacking[:NAMED_MAX])}{more}."
        " `berita run` takes up what the file says when it starts."
    )


def _missing(settings: "Settings", names: "Names") -> dict[What, list[str]]:
    places = names.destinations | names.merged
    return {
        "feed": [feed.name for feed in settings.feeds if feed.name not in names.feeds],
        "destination": [each.name for each in settings.destinations if each.name not in places],
        "route": [
            f"{route.feed} → {to}"
            for route in settings.routes
            for to in route.to
            if to not in names.merged and (route.feed, to) not in names.routes
        ],
    }
