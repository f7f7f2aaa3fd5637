"""What docs/channels.md says can be done as it says."""

import base64
import os
import re
import subprocess
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook
from tests.support.mails import job, payload, persian
from tests.support.records import NOON

from watcher.alerts.template import Template
from watcher.alerts.variables import NAMES, SAMPLE
from watcher.config.load import load_text
from watcher.config.models import Config
from watcher.model.when import moment

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "channels.md").read_text("utf-8")
SECRET = "whsec_" + base64.b64encode(b"a-key-of-32-bytes-for-this-test!").decode()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("spoilt", [False, True])
def test_the_shell_of_the_page_tells_a_good_signature_from_a_bad_one(tmp_path, spoilt):
    (script,) = blocks("sh")
    one = job(payload(persian()))
    body = one.delivery.payload
    ident = one.delivery.delivery
    signature = Webhook(SECRET).sign(ident, moment(NOON), body)
    (tmp_path / "body").write_text(body + " " * spoilt, encoding="utf-8")
    got = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "secret": SECRET,
            "id": ident,
            "timestamp": str(NOON // 1_000_000),
            "signature": f"v1,AAAA {signature}",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert got.stdout.strip() == ("bad" if spoilt else "good")


def test_the_configs_of_the_page_load():
    loaded = [load_text(one, Path("/srv/config.yaml")).channels for one in blocks("yaml")]
    assert [one.kind for found in loaded for one in found] == (
        ["email", "webhook", "ntfy", "webhook", "command", "feed"]
    )
    ((own,),) = loaded[1:2]
    assert Template(own.template).render(SAMPLE).startswith('{"subject": "[sample] The quay')


def test_every_name_that_a_template_sees_is_on_the_page_or_changedetection_ios():
    told = set(re.findall(r"`([a-z_]+)`", PAGE))
    theirs = {name for name in NAMES if name.startswith(("watch_", "diff", "timestamp_"))}
    theirs |= {"prev_snapshot", "notification_timestamp"}
    assert NAMES - theirs <= told


def test_every_type_and_format_is_on_the_page():
    schema = str(Config.model_json_schema()["$defs"])
    types = set(re.findall(r"'const': '([a-z]+)'", schema))
    assert {"email", "webhook", "slack", "matrix", "command", "feed"} <= types
    assert all(f"`{one}`" in PAGE or f"type: {one}" in PAGE for one in types)


def test_every_picture_of_the_page_is_there():
    pictures = re.findall(r"\((images/[a-z-]+\.png)\)", PAGE)
    assert len(pictures) == 7
    for name in pictures:
        assert (ROOT / "docs" / name).read_bytes().startswith(b"\x89PNG")
