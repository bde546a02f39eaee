"""What the Telegram adapter decides without asking anyone."""
