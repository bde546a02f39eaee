"""Cards: one message each, edited in place, with buttons that act on one thing.

A card is one module here with `show`, which says how its thing is by now, and `press`, which does
what a button says and tells how it looks then (`deck.Card`). How to add one:

1. Write the module: `show(scene, on)` gives a `Shown`, `press(scene, tap)` a `Turn`, `place_of` the
   destination a press is about. Buttons are made by `taps.button(words, "card", "deed", on)`;
   Back is `taps.back`. A thing that is no more raises `Gone`, any other refusal a BeritaError: both
   are answered by the deck. What changes something calls the catalog, never the store.
2. Enter it into `deck.CARDS` under a short name of its own, and its words into the catalogues.
3. Link to it from another card by `taps.button(words, "name", SHOW, id)`.

Each press is authorised anew, by `rights.may`. What a person shall type is asked for by a wizard:
see `bot.commands.wizards`. May be imported: what handlers may import.
"""
