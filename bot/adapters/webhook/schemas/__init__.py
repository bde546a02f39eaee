"""The JSON Schema of every event, as it is shipped and served: one file a type, with an example."""

from collections.abc import Mapping
from importlib.resources import files

SUFFIX = ".json"


def schemas() -> Mapping[str, bytes]:
    """Read them: "story.published.json" → the file, in the order of their names."""
    found = (each for each in files(__name__).iterdir() if each.name.endswith(SUFFIX))
    return {each.name: each.read_bytes() for each in sorted(found, key=lambda each: each.name)}
