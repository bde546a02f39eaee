"""Torture: the real process killed at every crash point, its ledgers compared row by row."""
