"""python verify_svix.py REQUESTS.json: every request is verified by Svix's Python library."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> int:
    from svix.webhooks import Webhook, WebhookVerificationError

    def verified(secret: str, body: str, headers: dict[str, str]) -> bool:
        try:
            Webhook(secret).verify(body, headers)
        except WebhookVerificationError:
            return False
        return True

    requests = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = [(name, each) for request in requests for name, each in _checks(request, verified)]
    faults = [name for name, is_right in found if not is_right]
    print(f"{len(found)} checks in Python by svix, {len(faults)} failed", *faults, sep="\n")  # noqa: T201  # for who calls it
    return 1 if faults or not found else 0


def _checks(
    request: dict[str, Any], verified: Callable[[str, str, dict[str, str]], bool]
) -> list[tuple[str, bool]]:
    name, body, headers = request["name"], request["body"], request["headers"]
    other = headers | {"webhook-id": "msg_other"}
    checks = [(name, verified(secret, body, headers)) for secret in request["good"]]
    for secret in request["good"]:
        checks.append((f"{name}, other bytes", not verified(secret, body + " ", headers)))
        checks.append((f"{name}, other id", not verified(secret, body, other)))
    refused = ((f"{name}, other secret", secret) for secret in request["bad"])
    return checks + [(told, not verified(secret, body, headers)) for told, secret in refused]


if __name__ == "__main__":
    sys.exit(main())
