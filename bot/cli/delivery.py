"""`berita delivery …`: where every story is, why, and what only a person can decide."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import show
from bot.cli.office import ask, settings_of
from bot.cli.options import AsJson

if TYPE_CHECKING:
    from feeds.store.rows import Decided

app = typer.Typer(no_args_is_help=True, help="Deliveries: where every story is, and why.")

SHOWN = ("id", "state", "destination", "feed", "title", "attempts", "due_at", "reason")
STATES = ("waiting", "held", "sending", "sent", "in_doubt", "failed", "dropped")

Id = Annotated[int, typer.Argument(metavar="ID", help="A delivery's id.")]
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
    found = ask(context, lambda catalog: catalog.delivery_story(delivery))
    if as_json:
        show.say_json(delivery_story_object(found))
    else:
        show.say(tell_way(found, settings.messages.time_zone))


@app.command()
def retry(
    context: typer.Context,
    deliveries: Annotated[
        list[int] | None, typer.Argument(metavar="ID…", help="Deliveries' ids.")
    ] = None,
    *,
    since: Since = None,
) -> None:
    """Send again what failed, is in doubt, held or dropped; with --since all that failed."""
    from bot.cli import reading
    from bot.clock import WallClock
    from feeds.errors import BadRequest

    if bool(deliveries) == bool(since):
        raise BadRequest("Give ids or --since, one of them: berita delivery retry ID…")
    if since:
        zone = settings_of(context).messages.time_zone
        moment = reading.since(since, now=WallClock().now(), zone=zone)
        count = ask(context, lambda catalog: catalog.retry_since(moment))
        show.say(f"{count} deliveries wait again.")
        return
    decided = ask(context, lambda catalog: catalog.retry_deliveries(deliveries or []))
    _tell(decided, "waits again, due at once")


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
    decided = ask(
        context, lambda catalog: catalog.confirm_delivery(delivery, message_id=message_id)
    )
    _tell(decided, "is settled as sent")


@app.command()
def resend(context: typer.Context, delivery: Id) -> None:
    """Send once more what was sent: in a chat it stands twice, a webhook gets the same id again."""
    decided = ask(context, lambda catalog: catalog.resend_delivery(delivery))
    _tell(decided, "goes out once more")


@app.command()
def drop(
    context: typer.Context,
    deliveries: Annotated[list[int], typer.Argument(metavar="ID…", help="Deliveries' ids.")],
) -> None:
    """Never send these."""
    decided = ask(context, lambda catalog: catalog.drop_deliveries(deliveries))
    _tell(decided, "is dropped")


def _tell(decided: "Decided", became: str) -> None:
    """Say what came of each; exit code 1 if one was refused."""
    for delivery in decided.changed:
        show.say(f"Delivery {delivery} {became}.")
    for delivery, why in decided.refused:
        show.complain(f"Delivery {delivery}: {why}")
    if decided.refused:
        raise typer.Exit(1)
