"""The climb from an empty database to today's tables, one numbered step after another.

A step is never edited once it has landed; a change is a new number, good for both databases.
"""
