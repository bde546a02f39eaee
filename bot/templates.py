"""Templates that fail while stories go out: the plain card goes, and admins hear of it once."""

from datetime import datetime

from bot.summary import fault_of
from feeds.model import WEBHOOK, Destination, Incident, NoticeKind, Parcel, template_key
from feeds.store import Store


class TemplateWatch:
    """What became of the templates of one lane while it was served."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._faults: dict[str, Incident | None] = {}  # by key; None: it told its story

    def note(self, parcel: Parcel) -> None:
        """Take note of a parcel that was rendered; most have no template."""
        source = parcel.source
        if not parcel.options.template or source is None or self._destination.kind == WEBHOOK:
            return
        key = template_key(source.id, self._destination.id)
        fault = fault_of(parcel)
        self._faults[key] = None
        if fault is not None:
            self._faults[key] = Incident(
                key=key,
                kind=NoticeKind.TEMPLATE_BROKEN,
                destination=self._destination.id,
                feed=source.id,
                details={
                    "feed": source.name,
                    "fault": fault.fault,
                    "line": str(fault.line),
                    "column": str(fault.column),
                    "shown": fault.shown,
                    "caret": str(fault.caret),
                },
            )

    async def tell(self, store: Store, *, now: datetime) -> None:
        """Begin the incidents of those that failed, end those of the ones that work again."""
        if not self._faults:
            return
        known = {each.incident.key for each in await store.open_notices(NoticeKind.TEMPLATE_BROKEN)}
        for key, incident in self._faults.items():
            if incident is not None and key not in known:
                await store.begin_incident(incident, now=now)
        over = [key for key, incident in self._faults.items() if incident is None and key in known]
        if over:
            await store.end_incidents(over, now=now)
