"""Promise 3: a post stands once in its chat, is where the books say, and leaves no litter."""

from collections import Counter

from tests.simulation.books import Delivery
from tests.simulation.oracle.reading import Reading
from tests.simulation.plan import OWNER
from tests.world.fates import Fate


def posted_twice(reading: Reading) -> list[str]:
    """Doubled only after a doubt and by a policy or an admin that resends; then it is counted."""
    policies = {chat.name: chat.policy for chat in reading.plan.chats}
    wrong = []
    for delivery in reading.deliveries:
        if delivery.kind != "telegram" or len(effects := reading.effects(delivery)) < 2:
            continue
        doubts = sum(attempt.outcome == "in_doubt" for attempt in delivery.attempts)
        resent = policies[delivery.place] != "hold" or _told_to(reading, delivery, "retry")
        if not resent or len(effects) > 1 + doubts:
            wrong.append(f"{len(effects)} times: {reading.told(delivery)}")
    return wrong


def _told_to(reading: Reading, delivery: Delivery, deed: str) -> bool:
    return any(d.delivery == delivery.id and d.deed == deed for d in reading.diary.decisions)


def not_where_it_is_said_to_be(reading: Reading) -> list[str]:
    """What is `sent` stands, or stood, in its chat under the number that is kept."""
    wrong = []
    for delivery in reading.deliveries:
        if delivery.kind != "telegram" or delivery.state != "sent":
            continue
        if delivery.message_id is None and _told_to(reading, delivery, "confirm"):
            continue  # by the word of an admin, who may err
        numbers = {str(call.message_id) for call in reading.effects(delivery)}
        if delivery.message_id not in numbers:
            wrong.append(f"message {delivery.message_id}, not {numbers}: {reading.told(delivery)}")
    return wrong


def one_post_for_two(reading: Reading) -> list[str]:
    """No two deliveries claim the same message of a place."""
    claims = Counter(
        (delivery.place, delivery.message_id)
        for delivery in reading.deliveries
        if delivery.state == "sent" and delivery.kind == "telegram"
        if delivery.message_id is not None  # an admin who says “it is there” names no message
    )
    moved = {chat.name for chat in reading.plan.chats if chat.kind == "group"}
    return [
        f"{place}: {count} deliveries are message {number}"
        for (place, number), count in claims.items()
        if count > 1 and place not in moved  # a supergroup counts its messages anew
    ]


def posted_and_yet_not_sent(reading: Reading) -> list[str]:
    """What stands in a chat is neither `failed` nor waiting for its first post."""
    return [
        reading.told(delivery)
        for delivery in reading.deliveries
        if delivery.kind == "telegram"
        and delivery.state in ("failed", "held", "waiting")
        and reading.effects(delivery)
        and not any(attempt.outcome == "in_doubt" for attempt in delivery.attempts)
    ]


def posted_unasked(reading: Reading) -> list[str]:
    """Nothing stands in a chat that no delivery is for."""
    known = {(delivery.place, delivery.title) for delivery in reading.deliveries}
    return [
        f"{place}: “{headline}”"
        for place, headline in reading.sendings
        if (place, headline) not in known
    ]


def probe_left_behind(reading: Reading) -> list[str]:
    """The copy of a probed message is deleted at once, unless the deletion itself went wrong."""
    private = reading.seen.outside.telegram.backend.chats.find(OWNER)
    left = []
    for call in reading.ledger.calls:
        if call.method != "forwardMessage" or call.message_id not in private.posts:
            continue
        unheard = call.heard_at is None or call.fate is not Fate.WELL
        if not unheard and not _deletion_failed(reading, call.message_id, call.heard_at):
            left.append(f"message {call.message_id} in the probe chat since {call.at:.0f}")
    return left


def _deletion_failed(reading: Reading, number: int, heard_at: float) -> bool:
    tried = any(
        call.method == "deleteMessage" and call.parameters.get("message_id") == number
        for call in reading.ledger.calls
    )
    return tried or reading.died_between(heard_at, heard_at + 30)


LAWS = (
    posted_twice,
    not_where_it_is_said_to_be,
    one_post_for_two,
    posted_and_yet_not_sent,
    posted_unasked,
    probe_left_behind,
)
