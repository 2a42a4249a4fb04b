"""A mail server for tests/mail.rs: aiosmtpd, with the answers of a real one, and dkimpy behind it.

Prints {"port": …} and then one line of JSON for each message that it took. Ends when its standard
input does. `unknown@` is refused for good, `later@` the first time only.
"""

import argparse
import asyncio
import base64
import email
import email.policy
import json
import pathlib
import ssl
import sys
from email.header import decode_header, make_header

import dkim
from aiosmtpd.smtp import SMTP, AuthResult

KEYS = pathlib.Path(__file__).parent / "keys"


def dns(name, timeout=5):
    """The public key of the one selector that there is, instead of a question to the network."""
    if name in (b"s1._domainkey.pay.example.", "s1._domainkey.pay.example."):
        return b"v=DKIM1; k=rsa; p=" + (KEYS / "dkim-public.txt").read_bytes().strip()
    return None


def signed(data):
    try:
        return dkim.verify(data, dnsfunc=dns)
    except dkim.DKIMException:
        return False


def headers(data):
    """Decoded by RFC 2047 alone; the newer policy puts blanks between the words of a name."""
    raw = email.message_from_bytes(data)
    return {name.lower(): str(make_header(decode_header(value))) for name, value in raw.items()}


class Server(SMTP):
    """Remembers a recipient as it came: aiosmtpd takes the quotes off."""

    recipient_as_sent = None

    async def smtp_RCPT(self, arg):
        self.recipient_as_sent = arg
        await super().smtp_RCPT(arg)


class Handler:
    def __init__(self):
        self.put_off = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown@"):
            return "550 5.1.1 no such user"
        if address.startswith("later@") and address not in self.put_off:
            self.put_off.add(address)
            return "451 4.7.1 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        data = envelope.original_content
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = {part.get_content_type(): part for part in message.walk()}
        text, html = parts["text/plain"], parts["text/html"]
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": headers(data),
            "kind": message.get_content_type(),
            "text": text.get_content(),
            "html": html.get_content(),
            "charsets": [text.get_content_charset(), html.get_content_charset()],
            "recipient_as_sent": server.recipient_as_sent,
            "secure": server.transport.get_extra_info("sslcontext") is not None,
            "user": session.auth_data and session.auth_data.login.decode(),
            "signed": signed(data),
            "signed_when_changed": signed(data.replace(b"\r\nSubject: ", b"\r\nSubject: x", 1)),
            "raw": base64.b64encode(data).decode(),
        }
        print(json.dumps(taken), flush=True)
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b"clinic" and data.password == b"correct horse"
    return AuthResult(success=good, handled=False, auth_data=data)


async def serve(options):
    context = None
    if options.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(KEYS / "server.pem", KEYS / "server.key")
    settings = {"hostname": "mail.test"}
    if options.tls == "starttls":
        settings.update(tls_context=context, require_starttls=True)
    if options.login:
        settings.update(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    handler = Handler()
    server = await asyncio.get_running_loop().create_server(
        lambda: Server(handler, **settings),
        host="127.0.0.1",
        port=0,
        ssl=context if options.tls == "implicit" else None,
    )
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


parser = argparse.ArgumentParser()
parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
parser.add_argument("--login", action="store_true")
asyncio.run(serve(parser.parse_args()))
