"""Cards: a picture as wide as a phone, in which whatever people wrote is text."""

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageFont

from adapters.cards import Painter
from adapters.cards.glyphs import MISSING, characters, drawable
from adapters.cards.painter import HERE
from bot.messages import Bars, Card, Figure
from bot.render.catalog import LOCALES, load_catalog
from bot.render.digests import DigestWords
from tests.render.samples import DIGEST

FONT = HERE / "fonts" / "NotoSansCJKsc-GBK.otf"
HOSTILE = [
    '#panic("x")', "*fett*", "$ x^2 $", '#image("/etc/passwd")', "= Kopf", "```raw```", "<label> @ref", '"}{"', "\\u{41}", "//x",
    '#read("card.typ")', "]#panic()[",
]  # fmt: skip


def drawn(card: Card) -> Image.Image:
    """The picture, decoded."""
    return Image.open(io.BytesIO(Painter().draw(card))).convert("RGB")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_digest_is_a_picture_for_a_phone(locale: str) -> None:
    picture = drawn(DigestWords(load_catalog(locale)).card(DIGEST))
    assert picture.width == 1080
    assert 900 < picture.height < 1600
    assert len(picture.getcolors(1 << 24) or ()) > 100


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_markup_is_drawn_as_it_stands(text: str) -> None:
    """Were it read as markup, it would break the picture, or show as little as its letters alone do."""
    card = Card(text, (Figure(text, text, text),), (Bars(text, ((text, 3, 1),)),), (text,), text)
    letters = "".join(char for char in text if char.isalnum())
    said = replace(card, title=letters, lines=(letters,))
    picture, plain = drawn(card), drawn(said)
    assert picture.width == plain.width == 1080
    assert picture.tobytes() != plain.tobytes()


def test_a_card_may_be_empty_and_may_be_long() -> None:
    assert drawn(Card("")).width == 1080
    assert drawn(Card("长" * 5000, lines=("长" * 5000,) * 3)).height < 4000


def test_emoji_and_rare_characters_become_a_box_and_invisible_ones_go() -> None:
    assert drawable("喆囍㎡ 號樓") == "喆囍㎡ 號樓"
    assert drawable("好😀了✗𫖯") == f"好{MISSING}了{MISSING}{MISSING}"
    assert drawable("a\u202e\u200bb\ufe0f\x00\n\tc") == "ab c"


def test_the_font_has_what_is_drawn() -> None:
    font = ImageFont.truetype(FONT, 20)
    nothing = bytes(font.getmask("\uffff"))
    assert [
        char for char in sorted(characters())[::97] if not char.isspace() and bytes(font.getmask(char)) == nothing
    ] == []
    assert bytes(font.getmask("😀")) == nothing


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_the_catalogs_can_be_drawn(locale: str) -> None:
    sections = load_catalog(locale).sections
    words = "".join([*sections["digest"].values(), *sections["category"].values()])
    assert set(words) - characters() == set()
