"""How Berita tells about its work: one line an event on stderr, and never a secret in it."""

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from config.settings import LogSettings

SECRETS = re.compile(
    r"(?<!\d)\d{5,20}:[A-Za-z0-9_-]{30,}"  # a bot token, also in a URL: /bot123:AA…/
    r"|whsec_[A-Za-z0-9+/=_-]{8,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user:password in a URL
)
HIDDEN = "•••"


def set_up_logging(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Set up our own log and the standard library's (aiogram, aiohttp, APScheduler) alike."""
    out = stream or sys.stderr
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    pretty = settings.format == "console" or (settings.format == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if pretty else "iso", utc=not pretty),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty(), pad_event_to=0)
        if pretty
        else structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=out),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=last)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("alembic", "apscheduler", "aiogram.event", "aiogram.dispatcher"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put dots where a token, a webhook secret or a password would stand."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = SECRETS.sub(HIDDEN, value)
        elif isinstance(value, BaseException):
            event[key] = SECRETS.sub(HIDDEN, f"{type(value).__name__}: {value}")
    return event
