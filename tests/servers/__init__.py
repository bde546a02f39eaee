"""Loopback servers for whole-process tests."""
