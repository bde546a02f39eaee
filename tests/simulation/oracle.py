"""Holds the promises against what was seen: each law names what broke it."""

from collections import Counter, defaultdict
from itertools import pairwise

from feeds.model import DeliveryState
from tests.simulation.day import CHATS, Seen
from tests.simulation.outside import Arrival


def broken(seen: Seen) -> list[str]:
    """List every promise that the day broke; none is what we want."""
    return [
        *_unfinished(seen),
        *_lost(seen),
        *_doubled_on_telegram(seen),
        *_unstable_webhooks(seen),
        *_out_of_order(seen),
        *_impolite(seen),
    ]


def _unfinished(seen: Seen) -> list[str]:
    """Promise 1: one visible end each, and a reason wherever it is not `sent`."""
    ends = {DeliveryState.SENT, DeliveryState.IN_DOUBT}
    return [
        f"delivery {row.id} ended {row.state}: {row.reason}"
        for row in seen.deliveries
        if row.state not in ends or (row.state is DeliveryState.IN_DOUBT and not row.reason)
    ]


def _lost(seen: Seen) -> list[str]:
    """Every story published while a route was open reached both places, or is in doubt."""
    doubted = _doubted_titles(seen)
    hooked = {arrival.title for arrival in seen.outside.arrivals}
    lost = []
    for chat, titles in zip(CHATS, seen.published.values(), strict=True):
        posts = [post.text for post in seen.telegram.posts[chat]]
        for title in titles:
            if title not in hooked:
                lost.append(f"lost at the webhook: {title}")
            if not _posted(title, posts) and title not in doubted:
                lost.append(f"lost at chat {chat}: {title}")
    return lost


def _doubled_on_telegram(seen: Seen) -> list[str]:
    """Promise 3: under `hold`, no post stands twice in a chat."""
    return [
        f"doubled in chat {chat}: {headline}"
        for chat in CHATS  # an owner may be told twice of what is told with one headline
        for headline, times in Counter(_headline(p.text) for p in seen.telegram.posts[chat]).items()
        if times > 1
    ]


def _unstable_webhooks(seen: Seen) -> list[str]:
    """Promise 2: repeats carry the same id and the same bytes; signatures are right."""
    bodies: dict[str, set[bytes]] = defaultdict(set)
    ids: dict[str, set[str]] = defaultdict(set)
    for arrival in seen.outside.arrivals:
        bodies[arrival.webhook_id].add(arrival.body)
        ids[arrival.title].add(arrival.webhook_id)
    changed = [f"{name} changed its bytes" for name, seen_ in bodies.items() if len(seen_) > 1]
    second = [f"“{title}” went out under two ids" for title, names in ids.items() if len(names) > 1]
    return [*changed, *second, *(f"forged: {name}" for name in seen.outside.forged)]


def _out_of_order(seen: Seen) -> list[str]:
    """Promise 4: a story arrives after those accepted before it, but for what was in doubt."""
    wrong = [
        f"webhook {later.seq} arrived first after {earlier.seq}"
        for earlier, later in pairwise(_firsts(seen.outside.arrivals))
        if later.seq < earlier.seq
    ]
    for chat, titles in zip(CHATS, seen.published.values(), strict=True):
        rank = {title: n for n, title in enumerate(titles)}
        posted = [
            rank[_headline(p.text)] for p in seen.telegram.posts[chat] if _headline(p.text) in rank
        ]
        wrong += [f"chat {chat}: {a} before {b}" for a, b in pairwise(posted) if b < a]
    return wrong


def _impolite(seen: Seen) -> list[str]:
    """Promise 5: no limit of Telegram's was met, and no chat that said "wait" was asked early."""
    return [*seen.telegram.violations, *seen.telegram.asked_early]


def _firsts(arrivals: list[Arrival]) -> list[Arrival]:
    first: dict[str, Arrival] = {}
    for arrival in arrivals:
        first.setdefault(arrival.webhook_id, arrival)
    return list(first.values())


def _doubted_titles(seen: Seen) -> set[str]:
    return {
        row.title for row in seen.deliveries if row.title and row.state is DeliveryState.IN_DOUBT
    }


def _headline(text: str) -> str:
    return text.partition("\n")[0]


def _posted(title: str, posts: list[str]) -> bool:
    return any(_headline(text) == title for text in posts)
