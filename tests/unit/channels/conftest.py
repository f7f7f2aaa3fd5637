"""A mail server on loopback that does what a test tells it, and certificates made on the spot."""

import shutil
import ssl
import subprocess
from email import message_from_bytes
from email.policy import default as default_policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

LOST = "lost"  # an answer to DATA: the mail is taken, and the connection ends without a word


class _AnyPort(Controller):
    """Finds out which port the system chose before it greets its server."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """Answers MAIL with `mail`, RCPT by the address, and DATA with each of `data` in turn, the last
    one for ever. `mails` are the bytes that came, `recipients` whom they were for, `sessions`
    whether each came over TLS and who had logged in, `peers` the connections they came over."""

    def __init__(self, *, mail="250 OK", rcpt=None, data=("250 OK",), password=None, **smtp):
        self.mail, self.rcpt, self.data = mail, rcpt or {}, list(data)
        self.mails, self.recipients, self.sessions, self.peers = [], [], [], []
        self.hang_up = False  # after every mail, without a word
        if password is not None:
            smtp |= {
                "auth_required": True,
                "auth_require_tls": False,
                "authenticator": lambda *given: self._login(given[-1], password),
            }
        self._controller = _AnyPort(self, hostname="127.0.0.1", port=0, **smtp)

    @staticmethod
    def _login(given, password):
        good = isinstance(given, LoginPassword) and given.password == password.encode()
        return AuthResult(success=good, handled=False, auth_data=given)

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(bytes(envelope.content))
        self.recipients.append(list(envelope.rcpt_tos))
        user = session.auth_data.login.decode() if session.authenticated else None
        self.sessions.append((session.ssl is not None, user))
        self.peers.append(session.peer)
        answer = self.data.pop(0) if len(self.data) > 1 else self.data[0]
        if self.hang_up:
            server.loop.call_later(0.02, server.transport.abort)
        if answer == LOST:
            server.transport.abort()
        return answer

    @property
    def port(self):
        return self._controller.port

    @property
    def parsed(self):
        return [message_from_bytes(raw, policy=default_policy) for raw in self.mails]

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *raised):
        self._controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Paths of a certificate for 127.0.0.1 and of its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl command")
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=mail.example"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


@pytest.fixture
def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
