"""Certificates of the world, made on the spot with the `openssl` command: good ones by an authority
that readers are told to trust, and the three sorts that none may accept."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

# Valid long before and after any clock that a check sets.
FROM, UNTIL = "20200101000000Z", "20990101000000Z"
ENDED = "20210101000000Z"

CONFIG = """
[ca]
default_ca = ours
[ours]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""


class Authority:
    """Makes certificates in `folder`; `root` is what to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tls"
        self._folder.mkdir()
        (self._folder / "index.txt").touch()
        (self._folder / "ca.cnf").write_text(CONFIG.format(folder=self._folder))
        self._key = self._make_key("root")
        self.root = self._signed("root", self._asked("root", self._key, "CA:TRUE"), own=True)

    def server(self, sort: str, address: str) -> ssl.SSLContext:
        """A server's side with a certificate of that sort for `address`."""
        name = f"{sort}-{address}"
        key = self._make_key(name)
        holder = "127.9.9.9" if sort == "other" else address
        asked = self._asked(name, key, "CA:FALSE", holder)
        until = ENDED if sort == "expired" else UNTIL
        signed = self._signed(name, asked, until=until, own=sort == "self-signed")
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(signed, key)
        return made

    def _make_key(self, name: str) -> Path:
        path = self._folder / f"{name}.key"
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)
        return path

    def _asked(self, name: str, key: Path, kind: str, address: str | None = None) -> Path:
        path = self._folder / f"{name}.csr"
        names = ("-addext", f"subjectAltName=IP:{address}") if address else ()
        constraints = ("-addext", f"basicConstraints=critical,{kind}")
        _openssl(
            *("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", path),
            *(*constraints, *names),
        )
        return path

    def _signed(self, name: str, asked: Path, *, until: str = UNTIL, own: bool = False) -> Path:
        path = self._folder / f"{name}.pem"
        key = self._folder / f"{name}.key" if own else self._key
        by = ("-selfsign",) if own else ("-cert", self.root)
        _openssl(
            *("ca", "-batch", "-config", self._folder / "ca.cnf", "-notext", *by),
            *("-keyfile", key, "-in", asked, "-out", path),
            *("-startdate", FROM, "-enddate", until),
        )
        return path


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
