"""Reads the letters in the photos of tickets, in the background. The asynchronous shell around ``bot.usecases.photos``.

Nobody waits for it: a ticket is opened, told and worked on without. Between two transactions a photo is read in a thread.
"""

import asyncio
from functools import partial

import structlog

from bot.ports import Clock, Desk, KeptMessage, MediaReader, MediaStore
from bot.usecases import photos

PAUSE = 10.0  # seconds between two looks


class PhotoWork:
    """Looks for photos that nobody has read. ``line`` is how their words are marked: a template with ``{words}``."""

    def __init__(self, desk: Desk, media: MediaStore, reader: MediaReader, clock: Clock, line: str) -> None:
        self._desk = desk
        self._media = media
        self._reader = reader
        self._clock = clock
        self._line = line
        self._log = structlog.get_logger("photos")

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.work_off()
            except Exception as error:  # the database; the photos wait for the next look
                self._log.error("photos not read", reason=f"{type(error).__name__}: {error}"[:300])
            await asyncio.sleep(PAUSE)

    async def work_off(self) -> None:
        """Read what has come since the last look; the first look of all only notes where to begin."""
        await self._desk.submit(photos.begin)
        newest, found = await self._desk.submit(photos.unread)
        for photo in found:
            try:
                await self._read(photo)
            except Exception as error:
                if self._desk.failure is not None:
                    raise
                self._log.error("photo not read", message=photo.key, reason=f"{type(error).__name__}: {error}"[:300])
        await self._desk.submit(partial(photos.done, newest=newest))

    async def _read(self, photo: KeptMessage) -> None:
        said = [await asyncio.to_thread(self._words, one.ref, one.type) for one in photo.media if one.ref]
        words = " ".join(filter(None, said))
        if words:
            line = self._line.format(words=words)
            await self._desk.submit(partial(photos.note, now=self._clock.now(), photo=photo, line=line))

    def _words(self, ref: str, kind: str) -> str:
        """The words of a stored file; one that is gone by now has none."""
        found = self._media.open(ref)
        return self._reader.words(found[0], kind) if found else ""
