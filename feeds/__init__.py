"""Wing one: turns the web into stories and fills the outbox; knows neither Telegram nor `bot`.

May live here: polling, parsing, novelty, the store. May be imported: the standard library and the
outside library that each room names in its docstring.
"""
