"""The child process: killed when it is late, replaced when it dies, gone when it is closed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parse import InlineParser, ParserProcess, parse_document
from feeds.parse.process import COMMAND
from feeds.parse.reading import read_document
from feeds.ports import Parser
from tests.corpus.cases import FOLDER

URL = "https://harian.example/feed/"
BODY = (FOLDER / "wordpress-rss2.xml").read_bytes()
DOCUMENT = read_document(BODY, url=URL, contents=False)
READY = "import sys, time; out = sys.stdout.buffer; out.write(bytes(4)); out.flush()"
SLEEPER = (sys.executable, "-c", f"{READY}; time.sleep(600)")
BABBLER = (sys.executable, "-c", f"{READY}; out.write(b'x' * 4); out.flush(); time.sleep(600)")
STILLBORN = (sys.executable, "-c", "raise SystemExit(3)")
# Sleeps over its first document, then is a worker like any other.
FALLS_ASLEEP_ONCE = f"""
import os, pathlib, sys
mark = pathlib.Path(sys.argv[1])
if mark.exists():
    os.execv({COMMAND[0]!r}, {list(COMMAND)!r})
mark.touch()
{READY}
time.sleep(600)
"""
SLOW_ONCE = (sys.executable, "-c", FALLS_ASLEEP_ONCE)
POOR = (
    *COMMAND[:-1],
    COMMAND[-1].replace("worker.main", f"worker.MEMORY_BYTES_MAX = {200 << 20}; worker.main"),
)
PARENT = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from feeds.parse import ParserProcess

async def main():
    parser = ParserProcess()
    await parser.parse(b"<rss><item/></rss>", url="x")
    print(parser.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@asynccontextmanager
async def a_parser(
    seconds: float = 20, command: Sequence[str] = COMMAND
) -> AsyncIterator[ParserProcess]:
    before = children()
    parser = ParserProcess(timedelta(seconds=seconds), command=command)
    try:
        yield parser
    finally:
        await parser.close()
        assert children() <= before  # no orphan, no zombie


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


async def read_until_started(parser: ParserProcess) -> None:
    """Ask for a document and be cancelled over it as soon as the child is at work."""
    async with asyncio.timeout(None) as patience:

        async def lose_patience() -> None:
            while parser.pid is None:  # noqa: ASYNC110  # nothing tells when a child is up
                await asyncio.sleep(0.01)
            patience.reschedule(0)

        await asyncio.gather(read(parser), lose_patience())


async def read(parser: Parser) -> Document:
    return await parser.parse(BODY, url=URL, content_type="text/xml")


async def test_the_child_reads_what_we_would_read() -> None:
    async with a_parser() as parser:
        assert parser.pid is None  # nothing is started before it is needed

        assert await read(parser) == DOCUMENT == await read(InlineParser())


async def test_full_texts_stay_away_unless_they_are_all_there_is() -> None:
    whole = parse_document(BODY, url=URL).entries[0]
    bare = BODY.replace(b"description>", b"remark>")
    async with a_parser() as parser:
        shown = (await read(parser)).entries[0]
        told_by_content = (await parser.parse(bare, url=URL, content_type=None)).entries[0]

    assert (shown.summary, shown.content) == (whole.summary, "")
    assert told_by_content.content == whole.content
    assert told_by_content.summary.startswith(whole.content[:100])


async def test_one_child_reads_document_after_document() -> None:
    async with a_parser() as parser:
        await read(parser)
        first = parser.pid

        many = await asyncio.gather(*(read(parser) for _ in range(5)))

        assert many == [DOCUMENT] * 5
        assert parser.pid == first


async def test_a_refusal_crosses_over_as_it_is_and_costs_no_child() -> None:
    async with a_parser() as parser:
        await read(parser)
        first = parser.pid

        with pytest.raises(ParseError, match=r"^an HTML page, not a feed$"):
            await parser.parse(b"<html></html>", url=URL, content_type="text/html")

        assert await read(parser) == DOCUMENT
        assert parser.pid == first


async def test_a_body_that_hangs_is_killed_at_the_deadline(tmp_path: Path) -> None:
    before = children()
    async with a_parser(0.05, (*SLOW_ONCE, str(tmp_path / "slept"))) as parser:
        with pytest.raises(ParseError, match=r"^took longer than 0\.05 s to read$"):
            await read(parser)

        assert parser.pid is None
        assert children() <= before


async def test_after_a_kill_the_next_document_is_read(tmp_path: Path) -> None:
    async with a_parser(1.0, (*SLOW_ONCE, str(tmp_path / "slept"))) as parser:
        parser._deadline_seconds = 0.05
        with pytest.raises(ParseError, match="took longer"):
            await read(parser)
        parser._deadline_seconds = 20

        assert await read(parser) == DOCUMENT


async def test_a_child_killed_over_a_document_is_an_error_then_replaced(tmp_path: Path) -> None:
    async with a_parser(20, (*SLOW_ONCE, str(tmp_path / "slept"))) as parser:

        async def kill_it() -> None:
            while parser.pid is None:  # noqa: ASYNC110  # nothing tells when a child is up
                await asyncio.sleep(0.01)
            os.kill(parser.pid, signal.SIGKILL)

        outcome, _ = await asyncio.gather(read(parser), kill_it(), return_exceptions=True)

        assert isinstance(outcome, ParseError)
        assert "died" in str(outcome)
        assert await read(parser) == DOCUMENT


async def test_a_child_killed_between_documents_is_replaced_unnoticed() -> None:
    async with a_parser() as parser:
        await read(parser)
        first = parser.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        while psutil.pid_exists(first):  # noqa: ASYNC110  # asyncio reaps it in a thread
            await asyncio.sleep(0.01)

        assert await read(parser) == DOCUMENT
        assert parser.pid != first


async def test_a_cancelled_parse_leaves_no_answer_for_the_next(tmp_path: Path) -> None:
    async with a_parser(20, (*SLOW_ONCE, str(tmp_path / "slept"))) as parser:
        with pytest.raises(TimeoutError):
            await read_until_started(parser)

        assert await read(parser) == DOCUMENT


async def test_nonsense_instead_of_an_answer_is_an_error() -> None:
    async with a_parser(20, BABBLER) as parser:
        with pytest.raises(ParseError, match="no answer"):
            await read(parser)

        assert parser.pid is None


async def test_a_child_that_does_not_start_is_an_error() -> None:
    async with a_parser(20, STILLBORN) as parser:
        with pytest.raises(ParseError, match="does not start"):
            await read(parser)


async def test_a_command_that_is_not_there_is_an_error() -> None:
    async with a_parser(20, ("/nowhere/python",)) as parser:
        with pytest.raises(ParseError, match="does not start"):
            await read(parser)


async def test_closing_twice_and_before_the_first_parse_is_fine() -> None:
    parser = ParserProcess()

    await parser.close()
    await parser.close()

    assert parser.pid is None


async def test_a_child_that_will_not_leave_is_killed_at_close() -> None:
    async with a_parser(0.05, SLEEPER) as parser:
        with pytest.raises(ParseError):
            await read(parser)


async def test_an_interrupt_from_the_terminal_does_not_touch_the_child() -> None:
    async with a_parser() as parser:
        await read(parser)
        first = parser.pid
        assert first is not None

        os.kill(first, signal.SIGINT)
        os.kill(first, signal.SIGTERM)

        assert os.getpgid(first) != os.getpgid(0)
        assert await read(parser) == DOCUMENT
        assert parser.pid == first


async def test_the_child_may_take_a_gigabyte_and_no_more() -> None:
    async with a_parser() as parser:
        await read(parser)

        assert psutil.Process(parser.pid).rlimit(psutil.RLIMIT_AS)[0] == 1024**3


async def test_a_document_that_eats_memory_is_refused_and_the_next_is_read() -> None:
    greedy = b"<rss><channel><item>" + b"<a/>" * 1_000_000 + b"</item></channel></rss>"
    async with a_parser(20, POOR) as parser:
        with pytest.raises(ParseError, match="memory"):
            await parser.parse(greedy, url=URL, content_type=None)

        assert await read(parser) == DOCUMENT


def test_the_child_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(FOLDER.parents[1])], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.wait()
    parent.stdout.close()

    _, alive = psutil.wait_procs([child], timeout=5)
    assert not alive


def test_the_parent_loads_no_parser() -> None:
    code = "import sys, feeds.parse; print(*({'lxml', 'nh3', 'feedparser'} & set(sys.modules)))"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=FOLDER.parents[1]
    )

    assert loaded.stdout.strip() == b""
