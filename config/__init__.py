"""What can be set: every option, and how the file and the environment that set them are read.

May live here: options, their reading, the shipped configuration and its sample feed. May be
imported: the standard library and pydantic; nothing of ours. Read by `bot.app` and `bot.cli` alone.
"""

from config.errors import ConfigError, ConfigErrors
from config.loading import load
from config.settings import Settings
from config.starter import starter_toml

__all__ = ["ConfigError", "ConfigErrors", "Settings", "load", "starter_toml"]
