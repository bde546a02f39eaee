"""Webhooks by Standard Webhooks 1.0: the stored bytes, signed anew at each attempt, posted once.

May live here: all that is known of the kind: addresses, events, outcomes. May be imported: the
layers below, and `standardwebhooks` here alone. Repeatable: a consumer drops the ids it has seen.
"""

from datetime import timedelta, tzinfo
from types import MappingProxyType

from bot.adapter import Outcome, RetryLater, Scope
from bot.adapters.webhook.address import canonical, masked, split_user
from bot.adapters.webhook.event import (
    cloudevent,
    content_type,
    endpoint_test,
    incident_event,
    standard,
    story_event,
)
from bot.adapters.webhook.outcomes import judge_answer, judge_silence
from bot.adapters.webhook.posting import post
from bot.adapters.webhook.secrecy import secrets_of
from bot.adapters.webhook.signing import make_secret, signatures
from bot.pace import Limit, endpoint_limit
from bot.summary import summary_of
from feeds.errors import WebError
from feeds.model import Destination, EventFormat, Headers, Parcel
from feeds.ports import Clock, ResolvedAddress, Web

__all__ = ["WebhookAdapter", "make_secret"]

WRITERS = MappingProxyType({EventFormat.STANDARD: standard, EventFormat.CLOUDEVENTS: cloudevent})
_KEY_WAIT = timedelta(minutes=5)


class WebhookAdapter:
    """Posts events to endpoints, one try a call."""

    kind = "webhook"
    repeatable = True

    def __init__(
        self,
        web: Web,
        clock: Clock,
        *,
        user_agent: str,
        timeout: timedelta,
        limit: Limit,
        language: str,
        time_zone: tzinfo,
        allow_http: bool = False,
    ) -> None:
        self._web = web
        self._clock = clock
        self._user_agent = user_agent
        self.timeout = timeout
        self._limit = limit
        self._language = language
        self._time_zone = time_zone
        self._allow_http = allow_http

    def read(self, typed: str) -> str:
        return canonical(typed, allow_http=self._allow_http)

    def headers_in(self, typed: str) -> Headers:
        return split_user(typed)[1]

    async def resolve(self, typed: str) -> ResolvedAddress:
        return ResolvedAddress(address=self.read(typed))

    def describe(self, destination: Destination) -> str:
        return masked(destination.address)

    def scopes(self, destination: Destination) -> tuple[Scope, ...]:
        own = destination.options.max_per_second
        limit = self._limit if own is None else endpoint_limit(own)
        return (Scope(name=f"webhook:{destination.id}", limit=limit),)

    def render(self, destination: Destination, parcel: Parcel) -> bytes:
        write = WRITERS[destination.options.format]
        if parcel.delivery.details is not None:
            return incident_event(parcel.delivery, write)
        summary = summary_of(
            parcel, destination, language=self._language, time_zone=self._time_zone
        )
        if parcel.story is not None:
            return story_event(parcel, summary, write)
        message = f"{summary.headline}. {summary.text}"
        return endpoint_test(
            parcel.delivery, destination=destination.name, message=message, write=write
        )

    async def send(self, destination: Destination, parcel: Parcel, body: bytes) -> Outcome:
        now = self._clock.now()
        signature = signatures(destination.secrets_at(now), parcel.delivery.webhook_id, now, body)
        if not signature:
            cure = f"berita destination secret rotate {destination.name}"
            return RetryLater(
                reason=f"no secret to sign with: {cure}", after=_KEY_WAIT, counts=False
            )
        response = await post(
            self._web,
            destination.address,
            headers={
                **dict(destination.options.headers),
                "content-type": content_type(body),
                "user-agent": self._user_agent,
                "webhook-id": parcel.delivery.webhook_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": signature,
            },
            body=body,
            timeout=self.timeout,
        )
        if isinstance(response, WebError):
            return judge_silence(response)
        secrets = secrets_of(destination) if response.body else ()  # an empty one echoes none
        return judge_answer(response, now=self._clock.now(), secrets=secrets)
