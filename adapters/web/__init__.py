"""The built-in web chat: rooms by invite link, a private chat with the bot, ticket pages. Phone first, no build step."""

from adapters.web.channel import WebChannel
from adapters.web.deps import WebDeps
from adapters.web.entering import bind_url, invite_url
from adapters.web.hub import Hub
from adapters.web.server import build_web
from adapters.web.visitors import code_digest

__all__ = ["Hub", "WebChannel", "WebDeps", "bind_url", "build_web", "code_digest", "invite_url"]
