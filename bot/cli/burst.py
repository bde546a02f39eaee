"""`berita burst …`: what a guard holds back, decided as a whole."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import show
from bot.cli.office import ask, settings_of
from bot.cli.options import AsJson

if TYPE_CHECKING:
    from feeds.catalog import Catalog
    from feeds.catalog.deliveries import BurstDeed
    from feeds.store.rows import BurstDecided

app = typer.Typer(no_args_is_help=True, help="Bursts: what a guard against floods holds back.")

SHOWN = ("id", "destination", "count", "since", "oldest", "newest", "reason")
LIST = "berita burst list"

Id = Annotated[str, typer.Argument(metavar="ID", help="A burst's id: that of a delivery in it.")]


@app.command("list")
def list_bursts(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List what is held back until you decide, by place and reason."""
    from bot.cli.rows import burst_row

    settings = settings_of(context)
    found = ask(context, lambda catalog: catalog.bursts())
    show.listing(
        [burst_row(row) for row in found],
        show.columns(*SHOWN),
        as_json=as_json,
        empty="Nothing is held back.",
        zone=settings.messages.time_zone,
    )


@app.command()
def publish(context: typer.Context, burst: Id) -> None:
    """Publish all of a burst after all, in order and at the place's pace."""
    decided = _decide(context, burst, "publish")
    _end(decided, f"{len(decided.changed)} deliveries wait again, due at once.")


@app.command()
def skip(context: typer.Context, burst: Id) -> None:
    """Never publish what is in a burst."""
    decided = _decide(context, burst, "skip")
    _end(decided, f"{len(decided.changed)} deliveries are dropped.")


@app.command("roll-up")
def roll_up(context: typer.Context, burst: Id) -> None:
    """Publish a burst as one message that names each story; not for webhooks."""
    decided = _decide(context, burst, "roll_up")
    _end(decided, f"{len(decided.changed)} deliveries go out as one: delivery {decided.roll_up}.")


def _decide(context: typer.Context, burst: str, deed: "BurstDeed") -> "BurstDecided":
    return ask(context, lambda catalog: _decided(catalog, burst, deed))


async def _decided(catalog: "Catalog", burst: str, deed: "BurstDeed") -> "BurstDecided":
    """Decide; an id of nothing that is held is a Conflict that says where to find one."""
    from feeds.errors import Conflict
    from feeds.model import DeliveryState

    number = await catalog.delivery_id(burst)
    decided = await catalog.decide_burst(number, deed)
    for delivery, why in decided.refused:
        found = await catalog.store.delivery_story(delivery)
        if found is None or found.delivery.state is not DeliveryState.HELD:
            raise Conflict(f"Delivery {delivery}: {why}. What is held, and its ids: {LIST}")
        if deed == "roll_up":
            others = f"berita burst publish {delivery}, or berita burst skip {delivery}"
            raise Conflict(f"Delivery {delivery}: {why}. Decide with {others}")
    return decided


def _end(decided: "BurstDecided", said: str) -> None:
    """Say what came of it; exit code 1 if it was refused."""
    if decided.changed:
        show.say(said)
    for delivery, why in decided.refused:
        show.complain(f"Delivery {delivery}: {why}")
    if decided.refused:
        raise typer.Exit(1)
