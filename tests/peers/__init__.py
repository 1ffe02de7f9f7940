"""The other side of each platform: what people do there and what they see of the bot. One peer a platform, see ``peer``."""
