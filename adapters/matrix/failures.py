"""What goes wrong at the homeserver, and what that means for what was to be said."""

LONGEST = 300.0  # seconds that a server may ask us to wait: a wrong number must not silence a chat for days
GATEWAY = {502, 503, 504}  # what stands before the homeserver says that it is away
LOCKED_OUT = {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"}
SHUT = {"M_RESOURCE_LIMIT_EXCEEDED", "M_USER_SUSPENDED", "M_CONSENT_NOT_GIVEN"}  # until an administrator opens again
HINTS = {
    "M_FORBIDDEN": "the bot may not do this there: was it removed, or may only moderators write?",
    "M_NOT_FOUND": "there is no such room: is its id right in the organization file?",
    "M_TOO_LARGE": "longer than the server takes",
    "M_RESOURCE_LIMIT_EXCEEDED": "the server's administrator has limited it: see its log",
    "M_USER_SUSPENDED": "the bot's account is suspended: ask the server's administrator",
    "M_CONSENT_NOT_GIVEN": "the server wants its terms accepted: log in as the bot once",
}


class FailureError(Exception):
    """The server said no, or nothing: then the status is 0. ``pause`` is how long it wants to be left alone, in seconds."""

    def __init__(self, code: str, status: int = 0, pause: float = 0.0, *, is_unreached: bool = False) -> None:
        super().__init__(f"{status} {code}")
        self.code = code
        self.status = status
        self.pause = min(max(0.0, pause), LONGEST)
        self.is_unreached = is_unreached or (status in GATEWAY and not code.startswith("M_"))

    @property
    def is_locked_out(self) -> bool:
        """Whether the token or the account is not accepted."""
        return self.status == 401 or self.code in LOCKED_OUT

    @property
    def may_pass(self) -> bool:
        """Whether trying again may help: nobody answered, or nothing that Matrix says, or not now."""
        is_verdict = 400 <= self.status < 500 and self.status not in {408, 429} and self.code.startswith("M_")
        return not is_verdict or self.code == "M_LIMIT_EXCEEDED" or self._waits_for_a_person

    @property
    def state(self) -> str:
        """What becomes of a sending that fails so."""
        if self.is_unreached or self._waits_for_a_person:
            return "held"
        return "retry" if self.may_pass else "dead"

    @property
    def reason(self) -> str:
        """In words that an operator can act on."""
        hint = HINTS.get(self.code)
        return f"{self}: {hint}" if hint else str(self)

    @property
    def _waits_for_a_person(self) -> bool:
        return self.is_locked_out or self.code in SHUT
