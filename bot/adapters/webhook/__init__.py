"""Webhooks by Standard Webhooks 1.0: the stored bytes, signed anew at each attempt, posted once.

May live here: all that is known of the kind: addresses, events, outcomes. May be imported: the
layers below, and `standardwebhooks` here alone. Repeatable: a consumer drops the ids it has seen.
"""

import binascii
import random
from base64 import b64encode
from datetime import UTC, timedelta, tzinfo
from typing import Final

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from bot.adapter import DETAIL_MAX, Outcome, RetryLater, Scope
from bot.adapters.webhook.address import canonical, masked
from bot.adapters.webhook.event import endpoint_test, story_published
from bot.adapters.webhook.outcomes import judge_answer, judge_silence
from bot.pace import Limit
from bot.summary import summary_of
from feeds.errors import WebError
from feeds.model import Destination, Parcel
from feeds.ports import Clock, ResolvedAddress, Web

SECRET_BYTES: Final = 32  # Standard Webhooks: 24 to 64
_KEY_WAIT = timedelta(minutes=5)


def make_secret(dice: random.Random) -> str:
    """Make an endpoint's signing secret; hand in `secrets.SystemRandom()`, dice only in tests."""
    return "whsec_" + b64encode(dice.randbytes(SECRET_BYTES)).decode()


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

    async def resolve(self, typed: str) -> ResolvedAddress:
        return ResolvedAddress(address=self.read(typed))

    def describe(self, destination: Destination) -> str:
        return masked(destination.address)

    def scopes(self, destination: Destination) -> tuple[Scope, ...]:
        return (Scope(name=f"webhook:{destination.id}", limit=self._limit),)

    def render(self, destination: Destination, parcel: Parcel) -> bytes:
        summary = summary_of(
            parcel, destination, language=self._language, time_zone=self._time_zone
        )
        if parcel.story is None or parcel.source is None:
            message = f"{summary.headline}. {summary.text}"
            return endpoint_test(parcel.delivery, destination=destination.name, message=message)
        return story_published(parcel.delivery, parcel.story, parcel.source, summary)

    async def send(self, destination: Destination, parcel: Parcel, body: bytes) -> Outcome:
        headers = self._signed(destination.secret or "", parcel.delivery.webhook_id, body)
        if headers is None:
            cure = f"berita destination secret rotate {destination.name}"
            return RetryLater(
                reason=f"no secret to sign with: {cure}", after=_KEY_WAIT, counts=False
            )
        try:
            response = await self._web.post(
                destination.address,
                headers=headers,
                body=body,
                timeout=self.timeout,
                answer_bytes_max=DETAIL_MAX,
            )
        except WebError as error:
            return judge_silence(error)
        return judge_answer(response, now=self._clock.now(), secret=destination.secret or "")

    def _signed(self, secret: str, webhook_id: str, body: bytes) -> dict[str, str] | None:
        """Make the headers of one attempt; None if the secret is missing or no base64."""
        now = self._clock.now().astimezone(UTC)  # `sign` would take any other zone for UTC
        try:
            signature = Webhook(secret).sign(webhook_id, now, body.decode())
        except (EmptyWebhookSecretError, binascii.Error, ValueError):
            return None
        return {
            "content-type": "application/json; charset=utf-8",
            "user-agent": self._user_agent,
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
