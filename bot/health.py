"""PURE: is Berita well? One judgement for /healthz, `berita status` and `/status`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from feeds.model import Pace

STALLED_AFTER = timedelta(minutes=2)  # beyond a round's own deadline: rung each second, it hangs


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatSign:
    """What a beat shows of itself."""

    name: str
    rounds: int
    alive_at: datetime | None  # the last sign of life; None before the first
    quiet_max: timedelta  # a longer silence than this is a hang
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The verdict and its reasons, worst first; `ok` when there are none."""

    ok: bool
    problems: tuple[str, ...]


def judge_health(
    *,
    beats: Sequence[BeatSign],
    closed: Sequence[Pace],
    unwritten: int,
    polling_paused: str | None = None,
    shut: Mapping[str, str] = MappingProxyType({}),  # service → why nothing may go out there
    started_at: datetime,
    now: datetime,
) -> Health:
    """Name all that keeps stories from going out; a polite wait of a chat (429) is no illness."""
    problems = [
        f"{unwritten} outcomes cannot be written; nothing more is sent until they are"
        for _ in range(bool(unwritten))
    ]
    if polling_paused:
        problems.append(f"polling pauses: {polling_paused}")
    problems += [f"{service}: {why}" for service, why in shut.items()]
    for beat in beats:
        if beat.trouble:
            problems.append(f"{beat.name}: {beat.trouble}")
        elif now - (beat.alive_at or started_at) > beat.quiet_max:
            problems.append(f"{beat.name}: no sign of life since {beat.alive_at or started_at}")
    problems += [
        f"{pace.scope}: {pace.reason}"
        for pace in closed
        if pace.scope.startswith("telegram:bot:") and not (pace.reason or "").startswith("429")
    ]
    return Health(ok=not problems, problems=tuple(problems))
