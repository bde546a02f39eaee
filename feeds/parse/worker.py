"""The parser process: reads one document after another until its parent is gone.

Also `python -m feeds.parse.worker`. Speaks the frames of `wire` on standard input and output.
It may be killed at any moment and holds nothing worth keeping.
"""

import os
import resource
import signal
import sys
from typing import BinaryIO

from feeds.errors import ParseError
from feeds.parse import wire
from feeds.parse.reading import read_document

MEMORY_BYTES_MAX = 1024**3  # of address space; a 10 MB document takes about a tenth of it


def main() -> None:
    """Serve standard input; ends when it closes, which the parent's death does too."""
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, signal.SIG_IGN)  # the parent decides when this ends
    _bound_memory()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break the frames
    serve(sys.stdin.buffer, answers)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Say "ready" with an empty frame, then answer until the questions end."""
    _send(answers, b"")
    while (head := questions.read(wire.HEAD_BYTES)) and len(head) == wire.HEAD_BYTES:
        asked = questions.read(wire.frame_size(head))
        body = questions.read(wire.frame_size(questions.read(wire.HEAD_BYTES)))
        _send(answers, _answer(asked, body))


def _answer(asked: bytes, body: bytes) -> bytes:
    try:
        url, content_type = wire.read_question(asked)
        # Half of the work, and most of what would pass the pipe, for what no poll looks at.
        document = read_document(body, url=url, content_type=content_type, contents=False)
        return wire.write_document(document)
    except ParseError as error:
        return wire.write_error(error)
    except MemoryError:
        large = ParseError("too large to read: it needs over 1 GB of memory", "error.parse.large")
        return wire.write_error(large)


def _send(answers: BinaryIO, payload: bytes) -> None:
    answers.write(wire.frame(payload))
    answers.flush()


def _bound_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > MEMORY_BYTES_MAX:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, hard))


if __name__ == "__main__":
    main()
