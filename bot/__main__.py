"""``python -m bot`` is ``gridsteward``."""

from bot.cli import main

main()
