"""The catalogs are complete, level with one another, and say only what the program can fill in and understand."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import PRESETS, TRIAGE
from bot.domain.org import LISTEN
from bot.domain.states import CATEGORIES, NATURES, STATES, URGENCIES
from bot.messages import Capabilities
from bot.render.catalog import LOCALES, Catalog, load_catalog, slots
from bot.render.masking import mask
from bot.render.render import Renderer
from bot.triage.commands import CommandWords, load_commands
from bot.triage.lexicons import load_lexicons
from tests.render.samples import GROUP, PRIVATE, notice

ROOT = Path(__file__).parents[2]
# The audit log's vocabulary (contracts/replay.md).
EVENTS = frozenset(
    [
        "registered",
        "dispatched",
        "signed",
        "contacted",
        "progressed",
        "transferred",
        "return_requested",
        "return_ruled",
        "whistled",
        "extended",
        "held",
        "resumed",
        "done",
        "reviewed",
        "polled",
        "rated",
        "reworked",
        "closed",
        "reopened",
        "merged",
        "followed",
        "reminded",
        "escalated",
        "supervised",
        "withdrawn",
        "corrected",
        "noted",
    ]
)
LONGEST = 90  # characters of a sentence without what fills its slots
CHINESE = ("zh_CN", "zh_TW")
QUOTED = re.compile(r"[“「]([^”」{}]+)[”」]")
# Words in quotation marks that nobody is asked to type.
SHOWN = {"chat.photo_ready"}
UNUSED: set[str] = set()


@cache
def catalog(locale: str) -> Catalog:
    return load_catalog(locale)


def entries(locale: str) -> Iterator[tuple[str, str, str]]:
    for section, texts in catalog(locale).sections.items():
        yield from ((section, key, text) for key, text in texts.items())


# ---------------------------------------------------------------- level with one another


@pytest.mark.parametrize("locale", LOCALES)
def test_all_locales_have_the_same_sections_and_keys(locale: str) -> None:
    expected = {(section, key) for section, key, _ in entries("zh_CN")}
    found = {(section, key) for section, key, _ in entries(locale)}
    assert found == expected, sorted(found ^ expected)


@pytest.mark.parametrize("locale", LOCALES)
def test_all_locales_have_the_same_slots(locale: str) -> None:
    source = catalog("zh_CN").sections
    wrong = [(s, key) for s, key, text in entries(locale) if slots(text) != slots(source[s].get(key, text))]
    assert not wrong


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_is_empty_or_left_in_the_source_language(locale: str) -> None:
    source = catalog("zh_CN").sections
    for section, key, text in entries(locale):
        assert text.strip() or (section, key) == ("word", "join")
        if locale == "en" and section not in {"word", "line"} and re.search("[一-鿿]", source[section][key]):
            assert text != source[section].get(key), (section, key)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_file_of_the_folder_is_a_known_locale(locale: str) -> None:
    files = {path.stem for path in (ROOT / "bot/render/locales").glob("*.toml")}
    assert locale in files
    assert files == set(LOCALES)


# ---------------------------------------------------------------- short and understood


@pytest.mark.parametrize("locale", CHINESE)
def test_sentences_for_people_are_short(locale: str) -> None:
    for key, text in catalog(locale).sections["notice"].items():
        bare = re.sub(r"\{[^}]*\}", "", text)
        assert len(bare) <= LONGEST, (key, len(bare))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_that_people_are_asked_to_type_is_understood(locale: str) -> None:
    lexicons = load_lexicons(TRIAGE)
    text = (TRIAGE / "commands.toml").read_text(encoding="utf-8")
    words = load_commands(text, lambda said: said.translate(lexicons.fold))
    for section, key, sentence in entries(locale):
        if section in {"notice", "web"} and key not in SHOWN:
            for quoted in QUOTED.findall(sentence):
                assert is_understood(words, quoted), f"{key}: {quoted}"


def is_understood(words: CommandWords, text: str) -> bool:
    said = words.parse(text)
    return bool(said.staff or said.resident or words.vote(text, quoted=True))


@pytest.mark.parametrize("locale", LOCALES)
def test_masking_leaves_our_own_sentences_alone(locale: str) -> None:
    for key, text in catalog(locale).sections["notice"].items():
        assert mask(text) == text, key


# ---------------------------------------------------------------- every slot is filled


@pytest.mark.parametrize("chat", [GROUP, PRIVATE])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_notice_can_be_said(locale: str, chat: str) -> None:
    renderer = Renderer(catalog(locale))
    for key in catalog(locale).sections["notice"]:
        if key in UNUSED:
            continue
        said = renderer.render([notice(key, chat)], lambda account: account, Capabilities(), ZoneInfo("Asia/Shanghai"))
        assert said.text, key
        assert "{" not in said.text, key
        assert "}" not in said.text, key


# ---------------------------------------------------------------- every key that the program names


@cache
def trees(folder: str) -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / folder).rglob("*.py")))


def texts_in(node: ast.AST) -> Iterator[str]:
    """The constants inside an expression."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def calls(folder: str, *names: str) -> Iterator[ast.Call]:
    for tree in trees(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
                yield node


def first_words(folder: str, *names: str) -> set[str]:
    """The constant first arguments of calls."""
    return {text for call in calls(folder, *names) for text in texts_in(call.args[0]) if call.args}


def notice_keys() -> set[str]:
    """The key is where the telling functions of notices.py have it."""
    places = {"tell": 3, "tell_staff": 3, "tell_desk": 3, "answer": 3, "answer_privately": 2}
    found = set()
    for name, place in places.items():
        for call in calls("bot/usecases", name):
            if len(call.args) > place and not isinstance(call.args[place], ast.JoinedStr):
                found |= set(texts_in(call.args[place]))
    return found


def dotted(folder: str) -> set[str]:
    """Constants that can only be keys: error.state, ping.transferred."""
    sections = {key.partition(".")[0] for key in catalog("zh_CN").sections["notice"] if "." in key}
    texts = {text for tree in trees(folder) for text in texts_in(tree)}
    return {text for text in texts if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", text) and text.partition(".")[0] in sections}


def test_every_notice_that_is_told_has_a_sentence() -> None:
    known = catalog("zh_CN").sections["notice"]
    told = notice_keys() | dotted("bot/usecases") | dotted("bot/domain")
    assert len(told) > 40
    assert told <= set(known), told - set(known)


def test_no_notice_is_never_told() -> None:
    texts = {text for tree in trees("bot") for text in texts_in(tree)}
    made = {f"{what}.{which}" for what in ("asked", "granted") for which in ("return", "held", "extended")}
    made |= {f"reminder.{what}" for what in ("sign", "contact", "due")} | {f"{text}.private" for text in texts}
    unused = set(catalog("zh_CN").sections["notice"]) - texts - made
    assert unused <= UNUSED, unused


def test_every_code_has_a_label() -> None:
    sections = catalog("zh_CN").sections
    for section, codes in (
        ("state", STATES),
        ("category", CATEGORIES),
        ("nature", NATURES),
        ("urgency", URGENCIES),
        ("listen", LISTEN),
        ("event", EVENTS),
        ("preset", [file.stem for file in PRESETS.glob("*.toml")]),
    ):
        assert set(sections[section]) == set(codes), section


def test_every_event_that_is_recorded_is_of_the_contract() -> None:
    recorded = first_words("bot/usecases", "record") | first_words("bot/domain", "record")
    assert len(recorded) > 15
    assert recorded <= EVENTS, recorded - EVENTS


def test_every_button_has_a_label() -> None:
    offered = {text for call in calls("bot/usecases", "tell", "tell_staff", "tell_desk") for text in buttons_of(call)}
    known = {key.partition(".")[0] for key in catalog("zh_CN").sections["button"]}
    assert {"sign", "rate", "register"} <= offered
    assert offered <= known, offered - known


def buttons_of(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg == "buttons":
            yield from texts_in(keyword.value)


# ---------------------------------------------------------------- pages


def page_keys() -> set[str]:
    folder = ROOT / "adapters/web"
    found = first_words("adapters/web", "words", "Refusal") | first_words("adapters/web", "_words")
    found |= {key for key in first_words("storage", "Refused") if key.startswith("media.")}
    for path in [*folder.rglob("*.html"), *folder.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        pattern = (
            r"\bw\(\s*['\"]([a-z_.0-9]+)['\"]" if path.suffix == ".html" else r"['\"`]((?:chat|act)\.[a-z_.0-9]+)['\"`]"
        )
        found |= set(re.findall(pattern, text))
    return found


def test_every_word_of_the_pages_exists() -> None:
    known = catalog("zh_CN").sections["web"]
    wanted = {key for key in page_keys() if "." in key and not key.endswith(".")}
    assert len(wanted) > 15
    assert wanted <= set(known), wanted - set(known)


def test_every_action_of_a_page_has_a_label() -> None:
    yielded = set()
    for tree in trees("bot/usecases"):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name in {
                "_of_staff",
                "_of_stewards",
                "_of_owners",
                "_of_voices",
            }:
                for part in ast.walk(node):
                    if isinstance(part, ast.Yield | ast.YieldFrom) and isinstance(
                        part.value, ast.Constant | ast.Tuple | ast.IfExp
                    ):
                        yielded |= set(texts_in(part.value))
    wanted = {f"act.{action}" for action in yielded if action != "return_"}
    assert {"act.sign", "act.rate", "act.grant"} <= wanted
    assert wanted <= set(catalog("zh_CN").sections["web"]) | {"act.return"}, wanted
