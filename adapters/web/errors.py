"""What a visitor did that can't be done. ``key`` names the sentence of the catalog's [web] section that says so."""


class Refusal(Exception):
    """A request that is understood and not done; nothing of it is kept."""

    def __init__(self, key: str, status: int = 403) -> None:
        super().__init__(key)
        self.key = key
        self.status = status


class BadRequest(Refusal):
    """What came is not what a page of ours sends."""

    def __init__(self, why: str) -> None:
        super().__init__("error.bad_request", 400)
        self.why = why
