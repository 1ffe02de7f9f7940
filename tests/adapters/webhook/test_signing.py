"""The signature is that of Standard Webhooks, by their own published example."""

from adapters.webhook.signing import headers, signature

# libraries/go/webhook_test.go of standard-webhooks/standard-webhooks, TestWebhookSign
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
EXPECTED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example() -> None:
    assert signature(SECRET, ID, AT, BODY) == EXPECTED
    assert headers([SECRET], ID, AT, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": EXPECTED,
    }


def test_while_a_secret_is_changed_both_sign() -> None:
    first, second = headers(["whsec_bmV3", SECRET], ID, AT, BODY)["webhook-signature"].split(" ")

    assert second == EXPECTED
    assert first.startswith("v1,")
    assert first != second
