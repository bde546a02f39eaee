"""Dialogues: the admin says …, the bot answers …, over the loopback Telegram."""
