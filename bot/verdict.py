"""PURE: what was found of a post in doubt, the time and the policy → what becomes of it.

Looks are taken at once, after 15 s and after 40 s: a request cut off may yet take effect, so that
only the last look's absence counts. Until then the lane waits, a minute at most. Two later looks
may still find it, or be the first that can tell of its absence; they hold nobody up. A look that
was broken off, as of many doubts at once all but a few are, is made up for each minute until then.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.retry import ATTEMPTS_MAX
from feeds.model import HOLD_MAX, Doubt, Evidence, Finding, InDoubtPolicy, Verdict

LOOKS = (timedelta(seconds=15), timedelta(seconds=40))  # after the doubt began
LATER_LOOKS = (timedelta(minutes=10), timedelta(hours=1))  # after the doubt began
MAKE_UP = timedelta(minutes=1)  # after a look that was broken off, until the last of the later ones
RESEND_AFTER = timedelta(seconds=60)  # under the policy `resend`, since the doubt began


def judge_doubt(
    doubt: Doubt, looks: Sequence[Evidence], *, policy: InDoubtPolicy, now: datetime
) -> Verdict:
    """Decide on looks begun at `now`; without any, there is no way to look: the policy decides."""
    found = next((each for each in looks if each.finding is Finding.FOUND), None)
    if found is not None:
        return replace(
            _on(doubt),
            evidence=(found,),
            found=found.message_id,
            reason=f"it is there: {found.way}",
        )
    until = doubt.look_until or now + HOLD_MAX
    if looks and not _is_late(doubt, now):
        next_at = _next_look(doubt, now)
        if next_at is not None:
            return replace(_on(doubt), look_at=next_at, look_until=until)
    if _is_resent_when_absent(doubt, looks, policy):
        return _resend(doubt, looks, "sent again: it was looked for and is not there", now)
    if _is_decided(doubt):
        return _look_on(doubt, looks, now)
    return _decide(doubt, looks, policy, now)


def may_tell_absence(doubt: Doubt, now: datetime) -> bool:
    """Tell whether a look begun now is the last before the lane goes on, or a later one.

    One that makes up for another is but a glance: it finds what is there for a tenth of the calls.
    """
    looks = LATER_LOOKS[0] if _is_decided(doubt) else LOOKS[-1]
    return now >= doubt.since + looks


def _on(doubt: Doubt) -> Verdict:
    return Verdict(delivery=doubt.parcel.delivery.id, attempt=doubt.attempt)


def _is_late(doubt: Doubt, now: datetime) -> bool:
    """Tell whether the lane has waited for this doubt long enough."""
    return doubt.look_until is not None and now >= doubt.look_until


def _is_decided(doubt: Doubt) -> bool:
    """Tell whether the policy has had its say, so that this is one of the later looks."""
    return doubt.look_until is not None and doubt.look_until <= doubt.since


def _next_look(doubt: Doubt, now: datetime) -> datetime | None:
    return next((doubt.since + after for after in LOOKS if doubt.since + after > now), None)


def _decide(
    doubt: Doubt, looks: Sequence[Evidence], policy: InDoubtPolicy, now: datetime
) -> Verdict:
    if policy is InDoubtPolicy.RESEND and not _is_spent(doubt):
        return _resend(doubt, looks, "sent again although in doubt", doubt.since + RESEND_AFTER)
    return _look_on(doubt, looks, now, tell=True)


def _is_resent_when_absent(doubt: Doubt, looks: Sequence[Evidence], policy: InDoubtPolicy) -> bool:
    """Tell whether it goes out again for not being there: at whichever look that is told."""
    absent = any(each.finding is Finding.ABSENT for each in looks)
    return absent and policy is InDoubtPolicy.RESEND_IF_ABSENT and not _is_spent(doubt)


def _is_spent(doubt: Doubt) -> bool:
    return doubt.parcel.delivery.attempts >= ATTEMPTS_MAX


def _resend(doubt: Doubt, looks: Sequence[Evidence], why: str, at: datetime) -> Verdict:
    return replace(
        _on(doubt),
        evidence=tuple(looks),
        resend_at=at,
        reason=why,
    )


def _look_on(
    doubt: Doubt, looks: Sequence[Evidence], now: datetime, *, tell: bool = False
) -> Verdict:
    """Leave it in doubt; the lane goes on, and while there is a way to look, so do the looks."""
    due = (doubt.since + after for after in LATER_LOOKS)
    later = next((at for at in due if at > now), None) if looks else None
    is_cut = any(look.cut for look in looks)
    if later is not None and is_cut:
        later = min(later, now + MAKE_UP)
    return replace(
        _on(doubt),
        evidence=() if is_cut and not tell else tuple(looks),  # one a minute tells nobody anything
        look_at=later,
        look_until=None if later is None else doubt.since,
        tell=tell,
    )
