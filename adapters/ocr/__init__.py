"""Letters in photos, read on this machine (the extra ``ocr``). The packages are loaded with the first photo."""

from adapters.ocr.reader import PhotoReader, installed

__all__ = ["PhotoReader", "installed"]
