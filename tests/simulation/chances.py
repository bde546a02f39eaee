"""How likely each misfortune is on a rough day, per request; and what outages are made of."""

from tests.world.fates import PAGES, REFUSALS, SILENCE, Fate

TELEGRAM = {
    Fate.REFUSED: 0.03,
    Fate.SILENCE_BEFORE: 0.005,
    Fate.SILENCE_AFTER: 0.01,
    Fate.RESET_BEFORE: 0.005,
    Fate.RESET_AFTER: 0.01,
    Fate.PAGE_BEFORE: 0.005,
    Fate.PAGE_AFTER: 0.005,
    Fate.ERROR_BEFORE: 0.003,
    Fate.ERROR_AFTER: 0.003,
    Fate.CUT: 0.005,
    Fate.SLOW: 0.01,
    Fate.LATE: 0.005,
    Fate.FLOOD: 0.01,
    Fate.TOO_LARGE: 0.002,
    Fate.CONFLICT: 0.003,
    Fate.GARBAGE: 0.003,
}
CHAT = {Fate.BAD: 0.02, Fate.FLOOD: 0.02, Fate.NOT_OK: 0.005, Fate.GONE: 0.003}
HOOK = {
    Fate.REFUSED: 0.05,
    Fate.RESET_BEFORE: 0.02,
    Fate.RESET_AFTER: 0.02,
    Fate.SILENCE_BEFORE: 0.01,
    Fate.SILENCE_AFTER: 0.03,
    Fate.ERROR_BEFORE: 0.04,
    Fate.ERROR_AFTER: 0.02,
    Fate.FLOOD: 0.03,
    Fate.BAD: 0.03,
    Fate.TOO_LARGE: 0.005,
    Fate.FORBIDDEN: 0.02,
    Fate.GONE: 0.003,
    Fate.ELSEWHERE: 0.01,
    Fate.GARBAGE: 0.03,
    Fate.SLOW: 0.02,
    Fate.LATE: 0.01,
}
FEED = {
    Fate.REFUSED: 0.03,
    Fate.RESET_BEFORE: 0.02,
    Fate.SILENCE_BEFORE: 0.02,
    Fate.ERROR_BEFORE: 0.03,
    Fate.FLOOD: 0.02,
    Fate.GARBAGE: 0.04,
    Fate.FORBIDDEN: 0.02,
    Fate.GONE: 0.01,
}
OUTAGES_OF_TELEGRAM = (
    PAGES,
    SILENCE,
    REFUSALS,
    {Fate.FORBIDDEN: 1.0},
    {Fate.ERROR_BEFORE: 0.5, Fate.ERROR_AFTER: 0.5},
    {Fate.FLOOD: 0.7},
    {Fate.SILENCE_AFTER: 0.3, Fate.PAGE_BEFORE: 0.2, Fate.REFUSED: 0.2},
)
OUTAGES_OF_HOOKS = (
    REFUSALS,
    SILENCE,
    {Fate.ERROR_BEFORE: 1.0},
    {Fate.FLOOD: 1.0},
    {Fate.GONE: 1.0},
    {Fate.FORBIDDEN: 1.0},
    {Fate.ELSEWHERE: 1.0},
    {Fate.BAD: 0.8},
    {Fate.RESET_AFTER: 0.5, Fate.SILENCE_AFTER: 0.2},
)
OUTAGES_OF_FEEDS = (
    REFUSALS,
    {Fate.SILENCE_BEFORE: 1.0},
    {Fate.ERROR_BEFORE: 1.0},
    {Fate.GONE: 1.0},
    {Fate.GARBAGE: 1.0},
    {Fate.FLOOD: 1.0},
)
