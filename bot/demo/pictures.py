"""Small drawings that stand for photos of a trouble and of what came of it. No photo of anybody's home is needed."""

import io
import random

from PIL import Image, ImageDraw

SIZE = (480, 360)
GROUND = 250  # where the wall ends
Colour = tuple[int, int, int]


def picture(scene: str, mended: bool, seed: str) -> bytes:
    """A JPEG of a scene of stories.toml, broken or mended; before and after of one seed show the same place."""
    dice = random.Random(seed)  # noqa: S311 - a drawing, no secret
    wall = _shade(dice, (196, 178, 150))
    image = Image.new("RGB", SIZE, wall if scene != "tree" else _shade(dice, (180, 205, 225)))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, GROUND, *SIZE), fill=_shade(dice, (150, 150, 146)))
    _windows(draw, dice, wall)
    SCENES.get(scene, _wall)(draw, dice, mended)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=80)
    return written.getvalue()


def _shade(dice: random.Random, colour: Colour) -> Colour:
    by = dice.randint(-18, 18)
    return colour[0] + by, colour[1] + by, colour[2] + by


def _windows(draw: ImageDraw.ImageDraw, dice: random.Random, wall: Colour) -> None:
    frame = (wall[0] - 50, wall[1] - 50, wall[2] - 50)
    for column in range(dice.randint(2, 4)):
        left = 30 + column * 115
        draw.rectangle((left, 40, left + 70, 120), fill=(120, 150, 170), outline=frame, width=5)


def _water(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    x = dice.randint(140, 260)
    draw.ellipse((x, 285, x + 90, 315), fill=(70, 70, 72), outline=(50, 50, 50), width=4)
    if not mended:
        for _ in range(6):
            left, top = dice.randint(20, 360), dice.randint(262, 330)
            draw.ellipse((left, top, left + dice.randint(60, 150), top + 26), fill=(74, 66, 44))


def _lamp(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    x = dice.randint(180, 300)
    if mended:
        draw.ellipse((x - 90, 60, x + 90, 230), fill=(250, 236, 170))
    draw.rectangle((x - 4, 130, x + 4, 300), fill=(60, 60, 62))
    bulb = (255, 244, 190) if mended else (70, 70, 74)
    draw.ellipse((x - 22, 110, x + 22, 150), fill=bulb, outline=(40, 40, 40), width=3)


def _rubbish(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    draw.rectangle((60, 190, 130, 300), fill=(40, 110, 70), outline=(25, 70, 45), width=4)
    for _ in range(0 if mended else 9):
        left, top = dice.randint(120, 380), dice.randint(240, 310)
        grey = dice.randint(30, 90)
        draw.ellipse((left, top, left + 55, top + 38), fill=(grey, grey, grey + 8), outline=(20, 20, 20))


def _road(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    for left in range(0, SIZE[0], 60):
        draw.line((left, 345, left + 30, 255), fill=(230, 200, 60), width=6)
    if not mended:
        left = dice.randint(60, 220)
        paint = (dice.randint(60, 190), dice.randint(60, 120), dice.randint(60, 120))
        draw.rounded_rectangle((left, 210, left + 190, 300), 22, fill=paint)
        for wheel in (left + 40, left + 150):
            draw.ellipse((wheel - 22, 280, wheel + 22, 322), fill=(25, 25, 25))


def _tree(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    x = dice.randint(180, 280)
    lean = 0 if mended else 90
    draw.line((x, 300, x + lean, 150), fill=(90, 64, 40), width=20)
    wide = 60 if mended else 110
    draw.ellipse((x + lean - wide, 40, x + lean + wide, 190), fill=(56, 112, 58))


def _wall(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    points = [(dice.randint(150, 330), 130 + step * 20) for step in range(7)]
    if mended:
        draw.rectangle((140, 130, 340, 250), fill=(214, 208, 196))
    else:
        draw.line(points, fill=(60, 48, 40), width=6)
        draw.ellipse((180, 150, 300, 240), fill=(128, 112, 90))


SCENES = {"water": _water, "lamp": _lamp, "rubbish": _rubbish, "road": _road, "tree": _tree, "wall": _wall}
