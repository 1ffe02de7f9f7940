"""The envelope, judged by vectors of others: made once with npm @wecom/crypto, and those of wechatpy (MIT, licence beside)."""

import base64
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom.crypto import ForgedError, is_signed, key_of, lock, open_letter, seal_letter, signature, unlock
from tests.adapters.wecom.judge import FILES

HERE = Path(__file__).parent
OFFICIAL: dict[str, Any] = json.loads((HERE / "vectors.json").read_text(encoding="utf-8"))
WECHATPY: dict[str, Any] = json.loads((HERE / "wechatpy-vectors.json").read_text(encoding="utf-8"))
KEY = key_of(OFFICIAL["encoding_aes_key"])
OLD_KEY = key_of(WECHATPY["encoding_aes_key"])
KEYS = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize("vector", OFFICIAL["vectors"], ids=lambda one: one["nonce"])
def test_letters_of_the_official_library_are_opened(vector: dict[str, str]) -> None:
    sealed = vector["encrypt"]

    assert is_signed(vector["signature"], OFFICIAL["token"], vector["timestamp"], vector["nonce"], sealed)
    assert open_letter(sealed, KEY).decode() == vector["message"]


def _old(name: str) -> dict[str, str]:
    return next(one for one in WECHATPY["vectors"] if one["name"] == name)


@pytest.mark.parametrize("name", ["url-verify-ok", "url-verify-wrong-nonce"])
def test_signatures_of_wechatpy(name: str) -> None:
    one = _old(name)
    right = is_signed(one["msg_signature"], WECHATPY["token"], one["timestamp"], one["nonce"], one["echostr"])
    assert right is (one["expect"] == "accept")


def test_a_letter_of_wechatpy_is_opened() -> None:
    one = _old("decrypt-text")
    found = re.search(r"<Encrypt><!\[CDATA\[(.*?)]]>", one["body"])
    assert found is not None
    assert is_signed(one["msg_signature"], WECHATPY["token"], one["timestamp"], one["nonce"], found[1])
    assert f"<Content><![CDATA[{one['content']}]]></Content>" in open_letter(found[1], OLD_KEY).decode()


def test_a_letter_is_sealed_as_wechatpy_does() -> None:
    one = _old("encrypt-reply")
    sealed = seal_letter(one["plaintext"].encode(), OLD_KEY, WECHATPY["corp_id"].encode(), one["random16"].encode())
    assert f"<![CDATA[{sealed}]]>" in one["expect_xml"]
    proof = signature(WECHATPY["token"], one["timestamp"], one["nonce"], sealed)
    assert f"<![CDATA[{proof}]]>" in one["expect_xml"]


@given(st.binary(max_size=200), KEYS)
def test_what_is_sealed_is_opened(content: bytes, key: bytes) -> None:
    assert open_letter(seal_letter(content, key), key) == content


@given(st.binary(min_size=1, max_size=100), KEYS)
def test_the_official_sdk_reads_our_photos(content: bytes, key: bytes) -> None:
    assert FILES.decrypt_file(lock(content, key), base64.b64encode(key).decode()) == content


@given(st.binary(max_size=120), KEYS)
def test_nonsense_is_refused_and_nothing_else_is_raised(sealed: bytes, key: bytes) -> None:
    with suppress(ForgedError):
        unlock(sealed, key)
    with suppress(ForgedError):
        open_letter(base64.b64encode(sealed).decode(), key)


@given(st.text(max_size=60))
def test_odd_texts_are_no_letters_and_no_keys(text: str) -> None:
    with pytest.raises(ForgedError):
        open_letter(text, KEY)
    with pytest.raises(ForgedError):
        key_of(text)
