"""What passes between the parser process and its parent: frames of JSON, never pickle.

A frame is four bytes of length, big-endian, then that many bytes. A question is two frames (JSON
with the URL and content type, then the body as it is), an answer one.
"""

import json
from dataclasses import fields as fields_of
from datetime import datetime, timedelta
from typing import Any

from feeds.errors import ParseError
from feeds.model import Document, Entry

_DOCUMENT = tuple(field.name for field in fields_of(Document))
_ENTRY = tuple(field.name for field in fields_of(Entry))

HEAD_BYTES = 4
FRAME_BYTES_MAX = 64 * 1024 * 1024  # neither a body (10 MB) nor a document (10 MB) comes near


def frame(payload: bytes) -> bytes:
    """Put the length before a payload."""
    if len(payload) > FRAME_BYTES_MAX:
        raise ParseError(
            f"too large to read: over {FRAME_BYTES_MAX // 1024**2} MB", "error.parse.large"
        )
    return len(payload).to_bytes(HEAD_BYTES, "big") + payload


def frame_size(head: bytes) -> int:
    """Read a frame's length; raises ParseError for one that no frame of ours has."""
    size = int.from_bytes(head, "big")
    if size > FRAME_BYTES_MAX:
        raise ParseError("the parser process sent what is no answer", "error.parse.slow")
    return size


def write_question(body: bytes, *, url: str, content_type: str | None) -> bytes:
    """Make the two frames that ask for one document."""
    return frame(json.dumps({"url": url, "content_type": content_type}).encode()) + frame(body)


def read_question(payload: bytes) -> tuple[str, str | None]:
    """Read a question's first frame: the URL and the content type."""
    asked = json.loads(payload)
    return asked["url"], asked["content_type"]


def write_document(document: Document) -> bytes:
    """Make the answer's payload for a document that was read."""
    fields = {name: getattr(document, name) for name in _DOCUMENT}
    fields["ttl"] = document.ttl.total_seconds() if document.ttl else None
    fields["entries"] = [{name: getattr(e, name) for name in _ENTRY} for e in document.entries]
    return _dump({"document": fields})


def write_error(error: ParseError) -> bytes:
    """Make the answer's payload for one that could not be."""
    return _dump({"error": str(error), "key": error.key})


def read_answer(payload: bytes) -> Document:
    """Read an answer's payload; raises the ParseError that it carries."""
    answer = json.loads(payload)
    if "error" in answer:
        raise ParseError(answer["error"], answer["key"])
    fields = answer["document"]
    fields["entries"] = tuple(_entry(entry) for entry in fields["entries"])
    fields["ttl"] = None if fields["ttl"] is None else timedelta(seconds=fields["ttl"])
    return Document(**fields)


def _entry(fields: dict[str, Any]) -> Entry:
    for name in ("published_at", "updated_at"):
        if fields[name] is not None:
            fields[name] = datetime.fromisoformat(fields[name])
    return Entry(**{**fields, "tags": tuple(fields["tags"])})


def _dump(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, default=datetime.isoformat).encode()
