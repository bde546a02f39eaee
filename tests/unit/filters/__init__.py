"""Filters: which stories a route lets through."""
