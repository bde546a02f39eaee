"""The picture in the README shows the message that Berita really sends."""

import json
from xml.etree import ElementTree as ET

from tests.house.picture import GOLDEN, PICTURE, picture
from tests.house.tree import README

TEXTS = "{http://www.w3.org/2000/svg}text"


def test_the_picture_is_the_one_that_its_script_draws() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(), "python -m tests.house.picture"


def test_the_picture_reads_as_the_message_does() -> None:
    call = json.loads(GOLDEN.read_text(encoding="utf-8"))["call"]

    drawn = ET.fromstring(picture())  # noqa: S314  # our own drawing
    lines = [each for each in drawn.iter(TEXTS) if each.get("class") == "text"]
    linked = [
        span.text or "" for line in lines for span in line if "link" in str(span.get("class"))
    ]

    assert " ".join(" ".join("".join(line.itertext()) for line in lines).split()) == " ".join(
        call["text"].split()
    )
    assert " ".join(linked) == call["text"].split("\n")[0]


def test_the_readme_shows_the_picture() -> None:
    assert 'src="tests/house/post.svg"' in README.read_text(encoding="utf-8")
