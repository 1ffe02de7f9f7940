"""The vocabulary of a ticket: states and the one table of transitions, natures, urgencies, categories (replay contract)."""

CANDIDATE, REGISTERED, DISPATCHED, IN_PROGRESS = "candidate", "registered", "dispatched", "in_progress"
ON_HOLD, REVIEW, CALLBACK, CLOSED = "on_hold", "review", "callback", "closed"
MERGED, NOT_ACCEPTED, WITHDRAWN = "merged", "not_accepted", "withdrawn"

TRANSITIONS: dict[str, frozenset[str]] = {
    CANDIDATE: frozenset({REGISTERED, WITHDRAWN, MERGED}),
    REGISTERED: frozenset({DISPATCHED, CALLBACK, CLOSED, MERGED, NOT_ACCEPTED, WITHDRAWN}),
    DISPATCHED: frozenset({DISPATCHED, IN_PROGRESS, ON_HOLD, CALLBACK, MERGED, NOT_ACCEPTED, WITHDRAWN}),
    IN_PROGRESS: frozenset({DISPATCHED, ON_HOLD, REVIEW, CALLBACK, CLOSED, MERGED, NOT_ACCEPTED, WITHDRAWN}),
    ON_HOLD: frozenset({IN_PROGRESS, DISPATCHED, CALLBACK, MERGED, NOT_ACCEPTED, WITHDRAWN}),
    REVIEW: frozenset({IN_PROGRESS, CALLBACK, MERGED, WITHDRAWN}),
    CALLBACK: frozenset({IN_PROGRESS, CLOSED, MERGED, WITHDRAWN}),
    CLOSED: frozenset({IN_PROGRESS}),
    MERGED: frozenset(),
    NOT_ACCEPTED: frozenset(),
    WITHDRAWN: frozenset(),
}
STATES = tuple(TRANSITIONS)
WORKING = frozenset({REGISTERED, DISPATCHED, IN_PROGRESS, ON_HOLD, REVIEW})  # somebody still has work with it
OPEN = WORKING | {CALLBACK}
ENDED = frozenset({CLOSED, MERGED, NOT_ACCEPTED, WITHDRAWN})

NATURES = ("inquiry", "help", "complaint", "report", "suggestion", "praise", "hazard", "wish", "need")
URGENCIES = ("emergency", "urgent", "routine", "complex")
EMERGENCY_URGENCIES = frozenset({"emergency", "urgent"})  # they break quiet hours; their clocks run around the clock
CATEGORIES = (
    "property", "facilities", "drainage", "utilities", "sanitation", "noise", "parking", "encroachment", "safety",
    "greenery", "neighbours", "affairs", "agriculture", "business", "other",
)  # fmt: skip
SWEEP, SEASON = "sweep", "season"  # sources of tickets that a unit has given itself: nobody complained
OWN_TASKS = frozenset({SWEEP, SEASON})
REFUSALS = ("legal_route", "malicious", "unreasonable", "out_of_scope", "other")  # why something is not accepted
JUDGED = frozenset({"malicious", "unreasonable"})  # those that judge a person's words: for who commands the unit to say
CLOSE_REASONS = ("resolved", "explained", "partly", "referred", "merged", "withdrawn", "uncooperative", "no_contact")
