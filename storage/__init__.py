"""What the bot remembers: an embedded database, photos, and copies of both. Start at ``storage.open``."""
