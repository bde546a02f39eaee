"""The shipped configuration, as `make run` starts it: in an empty folder, offline."""

import json
import shutil
import signal
from pathlib import Path

from feeds.parse import parse_document
from tests.e2e.house import House
from tests.e2e.processes import ROOT, until

SAMPLE = Path("sample", "daily-berita.xml")
NEWEST = "Kim Jong Un Janjikan Dukungan Penuh bagi “Perjuangan Suci” Rusia"
FRESH = "Pasar Pagi Pindah ke Gedung Baru"
ITEM = f"""<item>
<title>{FRESH}</title>
<link>https://dailyberita.example/2023/09/14/pasar-pagi-pindah/</link>
<guid isPermaLink="false">https://dailyberita.example/?p=99999</guid>
<pubDate>Thu, 14 Sep 2023 01:00:00 +0000</pubDate>
<description>Pedagang mulai menempati gedung baru.</description>
</item>
"""


def test_the_sample_comes_oldest_first_stops_at_ctrl_c_and_never_comes_again(
    house: House,
) -> None:
    first = house.start_bare("run")
    first.line(NEWEST)
    first_code = first.end(signal.SIGINT)
    polled_at = _last_poll_at(house)

    second = house.start_bare("run")
    second.line('"running"')
    until(lambda: _last_poll_at(house) > polled_at, "another poll", look_seconds=0.5)
    second_code = second.end(signal.SIGTERM)

    stories = _stories()
    shown = [line.strip() for line in first.out if line.strip() in stories]
    assert shown == list(stories)
    for link in stories.values():
        assert f"{link}\n" in first.out
    assert second.out == []
    assert (first_code, second_code) == (0, 0)
    assert sum("the sample that comes with Berita" in line for line in first.err) == 1
    assert first.said("berita init")
    assert str(ROOT / "config" / "berita.toml") in first.line('"running"')


def test_a_new_item_in_the_sample_is_published_while_it_runs(house: House) -> None:
    shutil.copy(ROOT / "config" / "berita.toml", house.folder)
    shutil.copytree(ROOT / "config" / "sample", house.folder / "sample")
    running = house.start_bare("run")
    running.line(NEWEST)
    published = len(running.out)

    sample = house.folder / SAMPLE
    text = sample.read_text(encoding="utf-8")
    sample.write_text(text.replace("<item>", f"{ITEM}<item>", 1), encoding="utf-8")
    running.line(FRESH)

    assert running.end(signal.SIGINT) == 0
    news = [line.strip() for line in running.out[published:]]
    assert FRESH in news
    assert not any(title in news[news.index(FRESH) :] for title in _stories())


def _stories() -> dict[str, str | None]:
    """Read the sample's headlines and links, oldest first."""
    sample = ROOT / "config" / SAMPLE
    document = parse_document(sample.read_bytes(), url=sample.as_uri())
    entries = sorted(document.entries, key=lambda entry: str(entry.published_at))
    return {entry.title: entry.link for entry in entries}


def _last_poll_at(house: House) -> str:
    return str(json.loads(house.call_bare("status", "--json").stdout)["last_poll_at"])
