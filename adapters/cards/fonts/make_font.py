"""Make the font of the cards: the characters of ``adapters.cards.glyphs`` out of Noto Sans CJK SC.

    python3 -m venv v && v/bin/pip install fonttools
    PYTHONPATH=. v/bin/python adapters/cards/fonts/make_font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

The source is Debian's package fonts-noto-cjk, Noto Sans CJK 2.004 (SIL OFL 1.1, see OFL.txt). Not needed to run the program.
"""

import sys
from importlib import import_module
from pathlib import Path

from adapters.cards.glyphs import characters

SC_FACE = 2  # of the faces in the collection
TARGET = Path(__file__).with_name("NotoSansCJKsc-GBK.otf")


def main(source: str) -> None:
    """Write the subset beside this file."""
    text = "".join(sorted(characters()))
    options = ["--layout-features=kern,vert", "--no-hinting", f"--font-number={SC_FACE}", f"--output-file={TARGET}"]
    import_module("fontTools.subset").main([source, f"--text={text}", *options])


if __name__ == "__main__":
    main(sys.argv[1])
