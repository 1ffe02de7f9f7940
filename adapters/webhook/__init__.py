"""Webhooks out: what happens to tickets, posted to addresses that units have subscribed (Standard Webhooks 1.0.0).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, read 2026-11-23.
"""

from adapters.webhook.channel import WebhookChannel
from adapters.webhook.posting import Poster

__all__ = ["Poster", "WebhookChannel"]
