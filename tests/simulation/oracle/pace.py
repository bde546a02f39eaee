"""Promise 5: never faster than the destination allows, and a 429 is obeyed to its end."""

from collections.abc import Sequence
from itertools import pairwise

from tests.simulation.endpoints import Request
from tests.simulation.oracle.reading import DOUBTFUL, Reading
from tests.simulation.plan import OWNER
from tests.world.fates import Fate
from tests.world.telegram_ledger import Call

PER_MINUTE, GAP_SECONDS, PER_SECOND = 18, 1.1, 25
JITTER_SECONDS = 0.02  # between a send being counted and its leaving


def telegram_too_fast(reading: Reading) -> list[str]:
    """Per chat 18 in any 60 s and 1.1 s apart; 25 in a second altogether; answers, probes, all."""
    wrong = list(reading.seen.outside.telegram.backend.limits.violations[:3])
    told = [f"Telegram’s own limit: {violation}" for violation in wrong]
    sends = reading.ledger.sends()
    for chat in sorted({call.chat for call in sends if call.chat is not None}):
        mine = [call.at for call in sends if call.chat == chat]
        told += [f"{chat} {what}" for what in _crowded(reading, mine, PER_MINUTE, 60.0, chat)]
        told += [f"{chat} {what}" for what in _crowded(reading, mine, 1, GAP_SECONDS, chat)]
    every = [call.at for call in sends]
    return told + [f"bot {what}" for what in _crowded(reading, every, PER_SECOND, 1.0, OWNER)]


def _crowded(
    reading: Reading, times: Sequence[float], most: int, seconds: float, chat: int
) -> list[str]:
    """Find windows with more than they may hold; a set clock, or a death, ends a private one."""
    found = []
    for first, last in zip(times, times[most:], strict=False):
        if last - first >= seconds - JITTER_SECONDS or not reading.diary.in_era(first, last):
            continue
        if chat == OWNER and reading.died_between(first, last):
            continue
        found.append(f"{most + 1} in {last - first:.2f} s at {last:.1f}")
    return found


def asked_during_429(reading: Reading) -> list[str]:
    """A chat that says “wait” is not asked before its time, whatever happens meanwhile."""
    wrong = []
    refused: dict[int, Call] = {}
    for call in reading.ledger.sends():
        if call.chat is None:
            continue
        last = refused.get(call.chat)
        if last is not None and _is_early(reading, call, last):
            wrong.append(
                f"{call.chat} at {call.at:.3f}, told {last.wait} s at {last.arrived_at:.3f}"
            )
        if call.wait is not None and call.was_heard and not _was_spoilt(call):
            refused[call.chat] = call
    return wrong


def _was_spoilt(call: Call) -> bool:
    """Tell whether something else was heard than the other side's answer, or nothing at all."""
    return call.fate in DOUBTFUL and call.fate is not Fate.CUT


def _is_early(reading: Reading, call: Call, last: Call) -> bool:
    assert last.heard_at is not None
    assert last.wait is not None
    if call.at <= last.heard_at or call.at >= (last.arrived_at or 0.0) + last.wait - 0.001:
        return False
    # What was heard in a last breath could not be written down; a private chat's, a little later.
    breath = call.at - last.heard_at if call.chat == OWNER else 1.0
    in_time = not reading.could_not_write(last.heard_at, last.heard_at + breath)
    return in_time and reading.diary.in_era(last.heard_at, call.at)


def endpoint_too_fast(reading: Reading) -> list[str]:
    """An endpoint has its rate, and one request at a time."""
    told = []
    for endpoint in reading.seen.outside.endpoints.values():
        times = [request.at for request in endpoint.requests]
        told += [
            f"{endpoint.name} {what}"
            for what in _crowded(reading, times, reading.plan.hook_rate, 1.0, 0)
        ]
        told += [
            f"{endpoint.name}: two at once at {later.at:.2f}"
            for earlier, later in pairwise(endpoint.requests)
            if later.at < (earlier.ended_at or 0.0) - 0.001
        ]
    return told


def endpoint_asked_early(reading: Reading) -> list[str]:
    """Retry-After is obeyed, as seconds and as a date."""
    wrong = []
    for endpoint in reading.seen.outside.endpoints.values():
        last: Request | None = None
        for request in endpoint.requests:
            if last and last.ended_at and request.at < last.wait_until - 1.0:
                known = not reading.could_not_write(last.ended_at, last.ended_at + 1.0)
                if known and reading.diary.in_era(last.at, request.at):
                    wrong.append(
                        f"{endpoint.name} at {request.at:.1f}, not before {last.wait_until:.1f}"
                    )
            if request.wait_until:
                last = request
    return wrong


LAWS = (telegram_too_fast, asked_during_429, endpoint_too_fast, endpoint_asked_early)
