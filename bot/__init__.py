"""Wing two: empties the outbox to readers, and is the admin's face.

May live here: summaries, adapters, the publish beat, commands, the command line, the wiring. May be
imported: `feeds`; `config` by `app` and `cli` alone; each outside library in its one room.
"""
