"""The shape of stories: cleaning, cutting, telling the time."""
