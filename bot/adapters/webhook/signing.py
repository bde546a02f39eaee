"""Secrets and signatures of Standard Webhooks 1.0."""

import binascii
import random
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from feeds.webhook_secrets import PREFIX

SECRETS_KEPT: Final = 1_024  # read once, not at each signature
SECRET_BYTES: Final = 32  # Standard Webhooks: 24 to 64


def make_secret(dice: random.Random) -> str:
    """Make an endpoint's signing secret; hand in `secrets.SystemRandom()`, dice only in tests."""
    return PREFIX + b64encode(dice.randbytes(SECRET_BYTES)).decode()


def signatures(secrets: Sequence[str], webhook_id: str, now: datetime, body: bytes) -> str:
    """Sign once with each secret that is usable, in their order; empty if none is.

    The header holds nothing but `v1,…` entries: the published Python verifier answers an entry
    without a comma with an error that is not its own.
    """
    at = now.astimezone(UTC)  # `sign` would take any other zone for UTC
    text = body.decode()
    signers = (_signer(secret) for secret in secrets)
    return " ".join(signer.sign(webhook_id, at, text) for signer in signers if signer)


@lru_cache(SECRETS_KEPT)
def _signer(secret: str) -> Webhook | None:
    """Read a secret; None if it is empty or no base64."""
    try:
        return Webhook(secret)
    except (EmptyWebhookSecretError, binascii.Error, ValueError):
        return None
