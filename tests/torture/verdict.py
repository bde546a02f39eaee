"""PURE: three ledgers held against each other, row by row; every promise that was not kept is told.

The promises: nothing lost; a webhook is repeated only for a cut-off send, with the same id and the
same bytes; a chat sees nothing twice; what is in doubt was cut off, and says so; order.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.torture.ledgers import CUT_OFF, Ledgers, Post, Row

Expected = Mapping[str, Sequence[str]]  # place → headlines published for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One row of the table."""

    sent: int
    repeats: int  # of webhooks
    repeats_max: int  # sends of webhooks that were cut off
    changed: int  # repeats with another id or other bytes
    doubles: int  # in chats
    doubts: int  # attempts at chats whose answer was not heard
    proven: int  # of these, found by Berita and settled
    in_doubt: int  # still, for an admin
    there: int  # of these, in the chat after all
    lost: int
    complaints: tuple[str, ...]


def judge(
    ledgers: Ledgers, expected: Expected, *, in_flight_max: int, deaths_alone: bool = True
) -> Verdict:
    """Compare the ledgers; `in_flight_max` bounds the sends that one death may cut off.

    With `deaths_alone` nothing but a death explains a repeat or a doubt; else an attempt that went
    wrong does, too.
    """
    rows, posts = ledgers.rows, ledgers.posts
    ids = Counter((heard.place, heard.webhook_id) for heard in ledgers.heard)
    repeats = sum(ids.values()) - len(ids)
    webhooks = [row for row in rows if row.kind == "webhook"]
    chats = [row for row in rows if row.kind == "telegram"]
    in_doubt = [row for row in rows if row.state == "in_doubt"]
    seen = Counter((post.place, post.title) for post in posts)
    return Verdict(
        sent=sum(row.state == "sent" for row in rows),
        repeats=repeats,
        repeats_max=sum(row.cuts for row in webhooks),
        changed=len(_changed(ledgers)),
        doubles=sum(seen.values()) - len(seen),
        doubts=sum(t.outcome == "in_doubt" for row in chats for t in row.tries),
        proven=sum(row.proven for row in chats),
        in_doubt=len(in_doubt),
        there=sum((row.place, row.title) in seen for row in in_doubt),
        lost=len(lost(ledgers, expected)),
        complaints=tuple(_complaints(ledgers, expected, in_flight_max, deaths_alone=deaths_alone)),
    )


def lost(ledgers: Ledgers, expected: Expected) -> list[str]:
    """List what was published and neither arrived nor stands in doubt, for all to see."""
    arrived = {(post.place, post.title) for post in ledgers.posts}
    arrived |= {(heard.place, heard.title or "") for heard in ledgers.heard if heard.accepted}
    doubted = {(row.place, row.title) for row in ledgers.rows if row.state == "in_doubt"}
    wanted = [(place, title) for place, titles in expected.items() for title in titles]
    return [
        f"{place}: {title}" for place, title in wanted if (place, title) not in arrived | doubted
    ]


def _complaints(
    ledgers: Ledgers, expected: Expected, in_flight_max: int, *, deaths_alone: bool
) -> Iterator[str]:
    yield from (f"lost: {each}" for each in lost(ledgers, expected))
    yield from _rows_and_stories(ledgers.rows, expected)
    yield from _webhooks(ledgers)
    yield from _repeats(ledgers, in_flight_max, deaths_alone=deaths_alone)
    yield from (f"changed: {each}" for each in _changed(ledgers))
    yield from _chats(ledgers)
    yield from _doubts(ledgers, deaths_alone=deaths_alone)
    yield from _order(ledgers)


def _rows_and_stories(rows: Sequence[Row], expected: Expected) -> Iterator[str]:
    """Every story has one delivery for each place it goes to, and nobody made any up."""
    kept = Counter((row.place, row.title) for row in rows)
    wanted = Counter((place, title) for place, titles in expected.items() for title in titles)
    yield from (f"no delivery: {each}" for each in wanted - kept)
    yield from (f"a delivery of nothing published: {each}" for each in kept - wanted)


def _webhooks(ledgers: Ledgers) -> Iterator[str]:
    """Each request belongs to a delivery and to one of its attempts; each delivery was accepted."""
    by_id = {(row.place, row.webhook_id): row for row in ledgers.rows if row.kind == "webhook"}
    requests = Counter((heard.place, heard.webhook_id) for heard in ledgers.heard)
    accepted = {(heard.place, heard.webhook_id) for heard in ledgers.heard if heard.accepted}
    yield from (f"not verified: {heard}" for heard in ledgers.heard if not heard.verified)
    yield from (f"a request of no delivery: {each}" for each in requests.keys() - by_id.keys())
    for key, row in by_id.items():
        if row.state != "sent":
            yield f"a webhook that is not sent but {row.state}: {row}"
        elif key not in accepted:
            yield f"sent, and never accepted: {row}"
        if requests[key] > len(row.tries):
            yield f"{requests[key]} requests in {len(row.tries)} attempts: {row}"


def _repeats(ledgers: Ledgers, in_flight_max: int, *, deaths_alone: bool) -> Iterator[str]:
    """An id comes again only for a send that was cut off; a death cuts off what is in flight."""
    requests = Counter((heard.place, heard.webhook_id) for heard in ledgers.heard)
    for row in ledgers.rows:
        causes = row.cuts if deaths_alone else row.failures
        if row.kind == "webhook" and requests[row.place, row.webhook_id] > 1 + causes:
            yield f"repeated without a cause: {row}"
    deaths = Counter(tried.ended_at for row in ledgers.rows for tried in row.tries if tried.cut_off)
    yield from (
        f"{cut} sends cut off at once, with {in_flight_max} places: {when}"
        for when, cut in deaths.items()
        if cut > in_flight_max
    )


def _changed(ledgers: Ledgers) -> list[str]:
    """One story at one place has one id, and one id has the same bytes each time."""
    digests: dict[tuple[str, str], set[str]] = defaultdict(set)
    ids: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for heard in ledgers.heard:
        digests[heard.place, heard.webhook_id].add(heard.digest)
        ids[heard.place, heard.story_id].add(heard.webhook_id)
    bytes_of = [f"bytes of {key}" for key, found in digests.items() if len(found) > 1]
    return bytes_of + [f"id of {key}" for key, found in ids.items() if len(found) > 1]


def _chats(ledgers: Ledgers) -> Iterator[str]:
    """Every post is a delivery sent or in doubt, every one sent is a post, and no post is twice."""
    rows = {(row.place, row.title): row for row in ledgers.rows if row.kind == "telegram"}
    posts: dict[tuple[str, str], list[Post]] = defaultdict(list)
    for post in ledgers.posts:
        posts[post.place, post.title].append(post)
    asked = Counter(ledgers.sends)
    yield from (f"doubled: {found}" for found in posts.values() if len(found) > 1)
    yield from (f"a post of no delivery: {key}" for key in posts.keys() - rows.keys())
    for key, row in rows.items():
        ids = {post.message_id for post in posts.get(key, ())}
        if row.state not in {"sent", "in_doubt"}:
            yield f"neither sent nor in doubt but {row.state}: {row}"
        elif row.state == "sent" and row.message_id not in ids:
            yield f"sent, and not in the chat under this id ({ids or 'no post'}): {row}"
        if asked[key] > len(row.tries):
            yield f"{asked[key]} requests in {len(row.tries)} attempts: {row}"


def _doubts(ledgers: Ledgers, *, deaths_alone: bool) -> Iterator[str]:
    """What is in doubt was cut off (or not answered) at its last attempt, says so, and is away.

    Away from its chat: what is there can be found, and is then no more in doubt.
    """
    posts = {(post.place, post.title) for post in ledgers.posts}
    for row in ledgers.rows:
        if row.state == "in_doubt":
            if (row.place, row.title) in posts:
                yield f"in doubt although it is there to be found: {row}"
            last = row.tries[-1]
            cut_off = row.reason == CUT_OFF and last.cut_off
            unanswered = not deaths_alone and last.outcome == "in_doubt" and row.reason
            if not (cut_off or unanswered):
                yield f"in doubt without a cause: {row}"


def _order(ledgers: Ledgers) -> Iterator[str]:
    """At each place the first comers came in the order of the lane, save what was released late."""
    seqs = {(row.place, row.title): row.seq for row in ledgers.rows}
    cut = {(row.place, row.title) for row in ledgers.rows if row.cuts and row.kind == "telegram"}
    arrivals: dict[str, dict[str, int]] = defaultdict(dict)
    came = [(heard.place, heard.title or "") for heard in ledgers.heard if heard.accepted]
    came += [(post.place, post.title) for post in ledgers.posts]
    for key in came:
        if key not in cut and key in seqs:
            arrivals[key[0]].setdefault(key[1], seqs[key])
    for place, firsts in arrivals.items():
        if list(firsts.values()) != sorted(firsts.values()):
            yield f"out of order at {place}: {list(firsts.values())}"
