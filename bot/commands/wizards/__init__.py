"""Wizards: what a person types next answers the question that was put to him last.

Each person has one talk at most, kept in the store: its wizard's kind and what that knows, as JSON.
So a talk survives a restart; /cancel ends it, and so does a day of silence. How to add a wizard:

1. Write a module here with `hear(scene, talk, message)`: read the message, act, then `keep` the
   talk with what is known now or `end` it. What it cannot use it answers with what it wants, and
   stays; a BeritaError that it raises is answered by the border, and the talk stays, too.
2. Enter it into `hearing.WIZARDS` under its kind.
3. A card's press, or a command, puts the question and calls `talking.begin(scene, kind, ...)`.
   Data that concerns one destination names it as `destination`, data that concerns a feed names
   that as `feed`: each word is authorised anew.

A command, /pause say, is heard as such in the middle of a talk, and does not end it.
"""
