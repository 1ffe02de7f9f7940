"""Where the application listens."""

from aiohttp import web


class Listener:
    """Serves an application on a host and port; port 0 takes a free one, known after the start."""

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
        self._host = host
        self.port = port

    async def start(self) -> None:
        """Begin to listen; OSError where the port is taken."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port)
        await site.start()
        if self.port == 0:
            self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Let open requests end, then close."""
        await self._runner.cleanup()
