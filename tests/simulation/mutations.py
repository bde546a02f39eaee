"""Faults put into the code on purpose: each breaks a promise, and a seed must catch it.

A mutation is a place named by its text, which must stand in its file exactly once: where the code
has moved on, the mutation must follow it, and says so. `python -m tests.simulation.mutating`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One fault."""

    promise: str  # of the map, §4
    what: str
    file: str
    old: str
    new: str


MUTATIONS = (
    Mutation(
        promise="1 nothing lost",
        what="a document's validators are kept without the oldest of its new stories",
        file="feeds/poll/findings.py",
        old="stories=verdict.stories,",
        new="stories=verdict.stories[1:],",
    ),
    Mutation(
        promise="1 nothing lost",
        what="an outcome that the disk refuses is given up",
        file="bot/ledger.py",
        old="return await self._insist(settlement, error)",
        new="return bool(error)",
    ),
    Mutation(
        promise="1 explained",
        what="the request leaves although the intent was refused",
        file="bot/lane.py",
        old="if not await self._desk.ledger.begin(self._intent(parcel, body, turn.paces)):",
        new="if self._intent(parcel, body, turn.paces) is None:",
    ),
    Mutation(
        promise="1 explained",
        what="the next request leaves although its intent, written with an outcome, was refused",
        file="bot/lane.py",
        old="            if may_follow:\n",
        new="            if may_follow or following:\n",
    ),
    Mutation(
        promise="2 same id",
        what="each attempt at a webhook has an id of its own",
        file="bot/adapters/webhook/__init__.py",
        old='"webhook-id": parcel.delivery.webhook_id,',
        new='"webhook-id": f"{parcel.delivery.webhook_id}{parcel.delivery.attempts}",',
    ),
    Mutation(
        promise="2 at least once",
        what="an endpoint that answers 500 is taken to have understood",
        file="bot/adapters/webhook/outcomes.py",
        old="if 200 <= status < 300:",
        new="if 200 <= status < 300 or status == 500:",
    ),
    Mutation(
        promise="3 not doubled",
        what="a post in doubt is simply sent again",
        file="bot/retry.py",
        old="    if tried.repeatable:\n",
        new="    if tried.repeatable or tried.streak == 0:\n",
    ),
    Mutation(
        promise="3 not doubled",
        what="a post cut off by a death is simply sent again",
        file="feeds/store/expiry.py",
        old="    if row.kind in repeatable:\n        state",
        new="    if row.kind:\n        state",
    ),
    Mutation(
        promise="3 not doubled",
        what="of two claims of a lane in one batch both may send",
        file="bot/ledger.py",
        old="                and entry.epoch == latest[entry.delivery]\n",
        new="                and entry.delivery in latest\n",
    ),
    Mutation(
        promise="3 a proof first",
        what="a doubt does not shut the token",
        file="bot/passage.py",
        old='self._shut(f"in doubt: {why}", rest_after(self._doubts_in_a_row))',
        new='self.trouble = f"in doubt: {why}"',
    ),
    Mutation(
        promise="3 a proof first",
        what="what was shut while an intent was written holds nothing back",
        file="bot/turn.py",
        old="if (withdrawn := self.withdrawn()) is not None:",
        new="if (withdrawn := None) is not None:",
    ),
    Mutation(
        promise="3 a proof first",
        what="at a start the token is trusted unseen",
        file="bot/passage.py",
        old='self.shut_why: str | None = "not proven yet"',
        new="self.shut_why: str | None = None",
    ),
    Mutation(
        promise="3 true evidence",
        what="an id that could not be looked at counts as looked at",
        file="bot/adapters/telegram/seeking.py",
        old="unsure, gap = unsure + 1, 0",
        new="gap += 1",
    ),
    Mutation(
        promise="3 true evidence",
        what="whatever stands at a probed id is taken for ours",
        file="bot/adapters/telegram/probe.py",
        old='self._is_of(copy, chat, message_id) and mark_of_text(copy.text or "") == mark',
        new="self._is_of(copy, chat, message_id) and bool(mark)",
    ),
    Mutation(
        promise="3 true evidence",
        what="posts of before a chat moved are taken for its own",
        file="feeds/store/beside.py",
        old="        if move is None or move.is_before(sent_at, seq)\n",
        new="        if move is None or sent_at\n",
    ),
    Mutation(
        promise="3 true evidence",
        what="a clock that was set tells which posts stood there before",
        file="feeds/store/beside.py",
        old="        if newest_before is not None:\n",
        new="        if False:\n",
    ),
    Mutation(
        promise="3 settled by proof",
        what="a doubt that is found stays a doubt",
        file="bot/verdict.py",
        old="            found=found.message_id,\n",
        new="            found=None,\n",
    ),
    Mutation(
        promise="3 nothing left behind",
        what="a probe's copy is not deleted",
        file="bot/adapters/telegram/probe.py",
        old="        await self._delete(copy, probe_chat)\n",
        new="",
    ),
    Mutation(
        promise="4 order",
        what="what is not due yet does not hold up those behind it",
        file="feeds/store/lanes.py",
        old="                blocked.add(lane)\n            if lane not in blocked:\n",
        new="                continue\n            if lane not in blocked:\n",
    ),
    Mutation(
        promise="4 order",
        what="stories are accepted newest first",
        file="feeds/novelty/guards.py",
        old="return [item for *_, item in sorted(order, key=lambda row: row[:2])]",
        new="return [item for *_, item in sorted(order, key=lambda row: row[:2])][::-1]",
    ),
    Mutation(
        promise="5 pace",
        what="a chat takes 24 in a minute",
        file="bot/pace.py",
        old="        Window(count=per_minute, span=timedelta(seconds=60)),\n",
        new="        Window(count=per_minute + 6, span=timedelta(seconds=60)),\n",
    ),
    Mutation(
        promise="5 pace",
        what="probes count for nothing",
        file="bot/adapters/telegram/session.py",
        old='SENDING = ("send", "edit", "copy", "forward")',
        new='SENDING = ("send", "edit", "copy")',
    ),
    Mutation(
        promise="5 pace",
        what="an endpoint's rate is forgotten",
        file="bot/adapters/webhook/__init__.py",
        old='return (Scope(name=f"webhook:{destination.id}", limit=limit),)',
        new='return (Scope(name=f"webhook:{destination.id}", limit=()),)',
    ),
    Mutation(
        promise="5 pace",
        what="a send counts from when it is written down, however long that takes",
        file="bot/turn.py",
        old="            self.pacer.leaves(turn.paces)\n",
        new="            pass\n",
    ),
    Mutation(
        promise="5 a 429 is obeyed",
        what="a 429 is taken for a short one",
        file="bot/adapters/telegram/outcomes.py",
        old="after=None if after is None else timedelta(seconds=after),",
        new="after=None if after is None else timedelta(seconds=min(after, 20)),",
    ),
    Mutation(
        promise="5 a 429 is obeyed",
        what="a restart forgets every pace",
        file="bot/app/application.py",
        old="        self.pacer.load(await self.store.load_paces())\n",
        new="",
    ),
    Mutation(
        promise="5 Retry-After is obeyed",
        what="an endpoint's Retry-After as a date is not read",
        file="bot/adapters/webhook/outcomes.py",
        old="    return min(max(wait, timedelta(0)), RETRY_AFTER_MAX)\n",
        new="    return min(wait * 0, RETRY_AFTER_MAX)\n",
    ),
    Mutation(
        promise="6 no flood",
        what="a feed's first poll publishes all it shows",
        file="feeds/novelty/deciding.py",
        old="wanted = order if start is None else order[max(0, len(order) - start) :]",
        new="wanted = order",
    ),
    Mutation(
        promise="6 no flood",
        what="new guids make new stories",
        file="feeds/novelty/guards.py",
        old="return rows if many else {}",
        new="return {}",
    ),
    Mutation(
        promise="7 for ever",
        what="a feed that failed once is not asked again",
        file="feeds/cadence.py",
        old="return now + every + (most - every) * dice.random(), BACKOFF",
        new='return now + timedelta(days=3650), "Retry-After"',
    ),
    Mutation(
        promise="7 asked politely",
        what="a publisher's Retry-After is not heeded",
        file="feeds/cadence.py",
        old='return now + max(wait, every), "Retry-After"',
        new='return now + min(wait, every), "Retry-After"',
    ),
    Mutation(
        promise="notices tell what is so",
        what="a doubt that is settled stays announced",
        file="feeds/store/doubts.py",
        old="        notices.end(connection, keys, now=now, ending=Ending(how=how))\n",
        new="        assert keys is not None, how\n",
    ),
)
