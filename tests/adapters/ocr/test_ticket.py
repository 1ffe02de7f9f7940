"""From a photo in the group to the ticket, with the real store and the real models."""

from pathlib import Path

from PIL import ImageFont

from adapters.ocr import PhotoReader
from bot.photos import PhotoWork
from storage.media import MediaFolder
from tests.adapters.ocr.test_reader import needs_extra, picture
from tests.fakes import CLEAR, town_bot


@needs_extra
async def test_what_a_photo_says_comes_to_stand_on_the_ticket(tmp_path: Path) -> None:
    media = MediaFolder(tmp_path / "media")
    photo = media.put(picture("3-2-501", ImageFont.load_default(64)), "door.jpg")
    with town_bot(tmp_path / "bot.db") as bot:
        work = PhotoWork(bot.storage.desk, media, PhotoReader(clock=lambda: 0.0), bot.clock, "〔{words}〕")
        await work.work_off()
        bot.say("zhang", CLEAR["drainage"], media=(photo,))
        await work.work_off()

        assert bot.ticket(1).text == f"{CLEAR['drainage']}\n〔3-2-501〕"
