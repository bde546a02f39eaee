"""`berita delivery …`: where every story is, why, and what only a person can decide."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import show
from bot.cli.office import ask, settings_of
from bot.cli.options import AsJson

if TYPE_CHECKING:
    from feeds.catalog import Catalog
    from feeds.store.rows import Decided, DeliveryStory

app = typer.Typer(no_args_is_help=True, help="Deliveries: where every story is, and why.")

SHOWN = ("id", "state", "destination", "feed", "title", "attempts", "due_at", "reason")
STATES = ("waiting", "held", "sending", "sent", "in_doubt", "failed", "dropped")

RESEND = "berita delivery resend"
WAITS = (
    " already, and goes out in its turn. What it waits for: berita delivery show {id}."
    " To have {place} tried at once: berita destination resume {place}"
)
ID_HELP = "A delivery's number, or the webhook-id that a consumer got."
Id = Annotated[str, typer.Argument(metavar="ID", help=ID_HELP)]
Ids = Annotated[list[str], typer.Argument(metavar="ID…", help=ID_HELP)]
Since = Annotated[
    str | None,
    typer.Option(metavar="T", help="Since then: 2h, 3d, 2026-11-22, 2026-11-22T08:00."),
]


@app.command("list")
def list_deliveries(
    context: typer.Context,
    *,
    state: Annotated[
        str | None, typer.Option(metavar="S", help=f"Only these: {', '.join(STATES)}.")
    ] = None,
    feed: Annotated[str | None, typer.Option(metavar="F", help="Only of this feed.")] = None,
    to: Annotated[str | None, typer.Option(metavar="D", help="Only to this destination.")] = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(metavar="N", help="At most so many, the newest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List deliveries, the newest first."""
    from bot.cli import reading
    from bot.cli.rows import delivery_row, delivery_seen
    from bot.clock import WallClock
    from feeds.catalog import Wanted
    from feeds.model import DeliveryState

    settings = settings_of(context)
    zone = settings.messages.time_zone
    wanted = Wanted(
        state=DeliveryState(reading.one_of(state, "state", STATES)) if state else None,
        feed=feed,
        destination=to,
        since=reading.since(since, now=WallClock().now(), zone=zone) if since else None,
        limit=limit,
    )
    found = ask(context, lambda catalog: catalog.list_deliveries(wanted))
    show.listing(
        [delivery_row(row) if as_json else delivery_seen(row) for row in found],
        show.columns(*SHOWN),
        as_json=as_json,
        empty="No such deliveries.",
        zone=zone,
    )


@app.command("show")
def show_delivery(context: typer.Context, delivery: Id, *, as_json: AsJson = False) -> None:
    """Tell the way of one delivery: how its story was found, each attempt, what comes next."""
    from bot.cli.rows import delivery_story_object
    from bot.cli.way import tell_way

    settings = settings_of(context)
    found = ask(context, lambda catalog: _story(catalog, delivery))
    if as_json:
        show.say_json(delivery_story_object(found))
    else:
        show.say(tell_way(found, settings.messages.time_zone))


@app.command()
def retry(
    context: typer.Context,
    deliveries: Annotated[list[str] | None, typer.Argument(metavar="ID…", help=ID_HELP)] = None,
    *,
    since: Since = None,
    to: Annotated[
        str | None, typer.Option(metavar="D", help="With --since: to this destination alone.")
    ] = None,
) -> None:
    """Send again what failed, is in doubt, held or dropped; with --since all that failed."""
    from bot.cli import reading
    from bot.clock import WallClock
    from feeds.errors import BadRequest

    if bool(deliveries) == bool(since):
        raise BadRequest("Give ids or --since, one of them: berita delivery retry ID…")
    if to and not since:
        raise BadRequest("--to goes with --since: berita delivery retry --since 24h --to NAME")
    if since:
        zone = settings_of(context).messages.time_zone
        moment = reading.since(since, now=WallClock().now(), zone=zone)
        count = ask(context, lambda catalog: catalog.retry_since(moment, to=to))
        show.say(f"{count} deliveries wait again." if count else "Nothing failed since then.")
        return
    decided, hints = ask(context, lambda catalog: _retry(catalog, deliveries or []))
    _tell(decided, "waits again, due at once", hints)


@app.command()
def confirm(
    context: typer.Context,
    delivery: Id,
    *,
    message_id: Annotated[
        str | None, typer.Option(metavar="N", help="The message's id, where you know it.")
    ] = None,
) -> None:
    """Settle a doubt: it did arrive."""
    decided = ask(context, lambda catalog: _confirm(catalog, delivery, message_id))
    _tell(decided, "is settled as sent")


@app.command()
def resend(context: typer.Context, delivery: Id) -> None:
    """Send once more what was sent: in a chat it stands twice, a webhook gets the same id again."""
    decided = ask(context, lambda catalog: _resend(catalog, delivery))
    _tell(decided, "goes out once more")


@app.command()
def drop(context: typer.Context, deliveries: Ids) -> None:
    """Never send these."""
    decided = ask(context, lambda catalog: _drop(catalog, deliveries))
    _tell(decided, "is dropped")


async def _story(catalog: "Catalog", typed: str) -> "DeliveryStory":
    return await catalog.delivery_story(await catalog.delivery_id(typed))


async def _retry(catalog: "Catalog", typed: list[str]) -> "tuple[Decided, dict[int, str]]":
    """Retry them; gives besides what can be done about those that wait already."""
    from feeds.model import DeliveryState

    decided = await catalog.retry_deliveries(await catalog.delivery_ids(typed))
    hints: dict[int, str] = {}
    for delivery, _ in decided.refused:
        found = await catalog.store.delivery_story(delivery)
        if found is not None and found.delivery.state is DeliveryState.WAITING:
            hints[delivery] = WAITS.format(id=delivery, place=found.destination.name)
        elif found is not None and found.delivery.state is DeliveryState.SENT:
            hints[delivery] = f"; once more, so that it stands twice: {RESEND} {delivery}"
    return decided, hints


async def _confirm(catalog: "Catalog", typed: str, message_id: str | None) -> "Decided":
    return await catalog.confirm_delivery(await catalog.delivery_id(typed), message_id=message_id)


async def _resend(catalog: "Catalog", typed: str) -> "Decided":
    return await catalog.resend_delivery(await catalog.delivery_id(typed))


async def _drop(catalog: "Catalog", typed: list[str]) -> "Decided":
    return await catalog.drop_deliveries(await catalog.delivery_ids(typed))


def _tell(decided: "Decided", became: str, hints: Mapping[int, str] = MappingProxyType({})) -> None:
    """Say what came of each; exit code 1 if one was refused."""
    for delivery in decided.changed:
        show.say(f"Delivery {delivery} {became}.")
    for delivery, why in decided.refused:
        show.complain(f"Delivery {delivery}: {why}{hints.get(delivery, '')}")
    if decided.refused:
        raise typer.Exit(1)
