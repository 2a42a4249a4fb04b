"""The official `stripe` client, told line by line what to do: one JSON object in, one out.

The test compares what it leaves behind with what our own client leaves behind, and lets each judge the
signatures of the other.
"""

import json
import sys

import stripe

client = stripe.StripeClient(
    "sk_test_of_the_tests", base_addresses={"api": sys.argv[1]}, max_network_retries=0
)


def customer(ask):
    return client.v1.customers.create({"metadata": {"registration": ask["reference"]}}).id


def session(ask):
    return client.v1.checkout.sessions.create({
        "mode": "setup",
        "currency": "jpy",
        "customer": ask["customer"],
        "client_reference_id": ask["reference"],
        "payment_method_types": ["card"],
        "payment_method_options": {"card": {"request_three_d_secure": "any"}},
        "success_url": "https://portal.example/done?setup={CHECKOUT_SESSION_ID}",
        "cancel_url": ask["return_url"],
        "setup_intent_data": {"metadata": {"registration": ask["reference"]}},
    }).id


def saved(ask):
    found = client.v1.checkout.sessions.retrieve(
        ask["session"], {"expand": ["setup_intent.payment_method", "setup_intent.latest_attempt"]}
    )
    return found.setup_intent.payment_method.id


def charge(ask):
    try:
        intent = client.v1.payment_intents.create(
            {
                "amount": ask["amount"],
                "currency": "jpy",
                "customer": ask["customer"],
                "payment_method": ask["payment_method"],
                "payment_method_types": ["card"],
                "confirm": True,
                "off_session": True,
                "description": ask["description"],
                "metadata": {"charge": ask["reference"], "attempt": str(ask["generation"])},
                "expand": ["latest_charge"],
            },
            {"idempotency_key": ask["key"]},
        )
        return {"status": intent.status, "charge": intent.latest_charge.id}
    except stripe.CardError as error:
        return {"status": "declined", "code": error.json_body["error"]["decline_code"]}


def refund(ask):
    done = client.v1.refunds.create(
        {
            "charge": ask["charge"],
            "amount": ask["amount"],
            "reason": "requested_by_customer",
            "metadata": {"refund": ask["reference"], "attempt": str(ask["generation"])},
        },
        {"idempotency_key": ask["key"]},
    )
    return done.status


def listed(ask):
    intents = client.v1.payment_intents.list({"customer": ask["customer"]})
    return [intent.id for intent in intents.auto_paging_iter()]


def detach(ask):
    return client.v1.payment_methods.detach(ask["payment_method"]).id


def believes(ask):
    try:
        event = stripe.Webhook.construct_event(ask["body"], ask["signature"], ask["secret"], None)
        return event["type"]
    except stripe.SignatureVerificationError:
        return None


def signs(ask):
    signed = f"{ask['at_s']}.{ask['body']}"
    word = stripe.WebhookSignature._compute_signature(signed, ask["secret"])
    return f"t={ask['at_s']},v1={word}"


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(globals()[asked.pop("do")](asked)), flush=True)
