"""Promise 3, the looking: no false word about a doubt, none left where a proof was at hand."""

from tests.simulation.books import Delivery
from tests.simulation.oracle.reading import DOUBTFUL, Reading
from tests.world.fates import Fate
from tests.world.telegram_ledger import Call

WALK_SECONDS = 120.0  # what came into a chat so shortly before may have been looked past
LAST_LOOK_SECONDS = 3_600.0  # the looks after a doubt go on for an hour
EXCUSED_MAX = 3  # slow sends that hold nobody up any more


def told_absent_while_there(reading: Reading) -> list[str]:
    """“Not there” is said of what is not there."""
    return [
        f"at {at:.0f}, posted at {call.effect_at:.0f}: {reading.told(delivery)}"
        for delivery in reading.deliveries
        for look in delivery.looks
        if look.finding == "absent"
        if len(moments := reading.moments(look.at)) == 1
        for at in moments
        for call in reading.effects(delivery)
        if _stood(reading, call, at) and not _sent_anew(reading, delivery, call, at)
    ]


def _stood(reading: Reading, call: Call, at: float) -> bool:
    removed_at = reading.ledger.removed.get((call.chat or 0, call.message_id or 0))
    begun = (call.effect_at or 0.0) < at - WALK_SECONDS
    return begun and (removed_at is None or removed_at > at)


def _sent_anew(reading: Reading, delivery: Delivery, call: Call, at: float) -> bool:
    """Tell whether an admin let it be sent again after that call: looks are after the new post."""
    return any(
        decision.delivery == delivery.id and decision.deed == "retry" and call.at < decision.at < at
        for decision in reading.diary.decisions
    )


def left_in_doubt_although_there(reading: Reading) -> list[str]:
    """What stands where it can be seen is found, unless every look was hampered."""
    return [
        reading.told(delivery)
        for delivery in reading.deliveries
        if delivery.state == "in_doubt" and _could_be_found(reading, delivery)
    ]


def _could_be_found(reading: Reading, delivery: Delivery) -> bool:
    """Tell whether the doubt began in a world that was well and stayed so for all its looks."""
    begun = reading.moments(delivery.attempts[-1].ended_at or 0)
    if len(begun) != 1 or begun[0] < reading.diary.healed_at or delivery.id in reading.decided:
        return False
    chat = next(chat for chat in reading.plan.chats if chat.name == delivery.place)
    seen = chat.kind != "group" and not chat.protected
    return seen and any(
        _stood(reading, c, reading.diary.ended_at) for c in reading.effects(delivery)
    )


def gone_on_without_a_proof(reading: Reading) -> list[str]:
    """After a doubt, and at every start, nothing goes out before a harmless call succeeded."""
    proofs = [
        (call.at, call.heard_at)
        for call in reading.ledger.calls
        if call.method == "getMe"
        and call.effect_at is not None
        and call.heard_at is not None
        and call.fate in (Fate.WELL, Fate.SLOW)
    ]
    shut = [(at, "the start") for at in reading.diary.starts]
    shut += [(c.heard_at, "a doubt") for c in _posts(reading) if c.heard_at and _leaves_doubt(c)]
    wrong = []
    for at, why in shut:
        opened = min(
            (heard for asked, heard in proofs if asked >= at - 0.001), default=float("inf")
        )
        early = [
            c for c in _posts(reading) if at + 0.2 < c.at < opened and c.at < _life_end(reading, at)
        ]
        wrong += [
            f"{c.chat} “{c.headline}” at {c.at:.1f}, since {why} at {at:.1f}" for c in early[:1]
        ]
    return wrong


def _leaves_doubt(call: Call) -> bool:
    """Tell whether an answer settles nothing; a refusal settles it, even cut off in its middle."""
    return call.fate in DOUBTFUL and not (call.fate is Fate.CUT and call.refused)


def too_many_under_way(reading: Reading) -> list[str]:
    """One post at a time is under way, but for slow ones that a proof excused."""
    ends: list[float] = []
    wrong = []
    for call in _posts(reading):
        ends = [end for end in ends if end > call.at]
        if len(ends) > EXCUSED_MAX:
            wrong.append(f"{len(ends)} under way at {call.at:.1f}")
        ends.append(min(call.heard_at or float("inf"), _life_end(reading, call.at)))
    return wrong


def _posts(reading: Reading) -> list[Call]:
    return [
        call
        for call in reading.ledger.calls
        if call.method == "sendMessage" and call.chat in reading.place_of_chat
    ]


def _life_end(reading: Reading, at: float) -> float:
    return min((start for start in reading.diary.starts if start > at), default=float("inf"))


LAWS = (
    told_absent_while_there,
    left_in_doubt_although_there,
    gone_on_without_a_proof,
    too_many_under_way,
)
