"""Programs as channels: real ones, started without a shell."""

import asyncio
import json
import os
import sys
import time
from dataclasses import replace

import pytest
from tests.support.mails import again, english, job, payload
from tests.support.records import NOON

from watcher.alerts.template import Template
from watcher.channels.command import CommandChannel
from watcher.channels.webhook import Shape
from watcher.model.alert import Dead, Receipt, Retry
from watcher.model.when import SECOND

JOB = job(payload(), channel="run")


def run(folder, *argv, one=JOB, timeout=20 * SECOND, **rest):
    channel = CommandChannel("run", argv, folder, timeout, **rest)
    return asyncio.run(channel.send(one, NOON))


def python(folder, code, *argv, **rest):
    return run(folder, sys.executable, "-c", code, *argv, **rest)


def test_the_payload_is_on_its_standard_input_and_the_ids_are_in_its_environment(tmp_path):
    code = (
        "import json, os, sys; body = json.load(sys.stdin)\n"
        "found = {name: value for name, value in os.environ.items() if name[:8] == 'WATCHER_'}\n"
        "json.dump([body, found, os.getcwd()], open('got.json', 'w'))"
    )
    assert isinstance(python(tmp_path, code, one=again(JOB, 2)), Receipt)
    body, environment, folder = json.loads((tmp_path / "got.json").read_text())
    assert body == json.loads(JOB.delivery.payload)
    assert environment == {
        "WATCHER_CHANNEL": "run",
        "WATCHER_DELIVERY": JOB.delivery.delivery,
        "WATCHER_ALERT": JOB.delivery.alert,
        "WATCHER_TOPIC": "harbour-police",
        "WATCHER_STORY": "s_1",
        "WATCHER_ATTEMPT": "3",
    }
    assert os.path.realpath(folder) == os.path.realpath(tmp_path)


def test_no_shell_reads_what_a_publisher_writes_or_what_the_config_names(tmp_path):
    nasty = f"$(touch {tmp_path}/x) `touch {tmp_path}/x`; touch {tmp_path}/x | '\" quay"
    one = job(payload(english(title=nasty)), channel="run")
    code = "import sys; print(sys.argv[1:], sys.stdin.read())"
    result = python(tmp_path, code, "$HOME", "; touch x", nasty, one=one)
    assert isinstance(result, Receipt)
    assert "'$HOME', '; touch x'" in result.detail
    assert list(tmp_path.iterdir()) == []


def test_secrets_of_our_own_environment_stay_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2")
    result = python(tmp_path, "import os; print(sorted(os.environ))")
    assert "PATH" in result.detail
    assert "SMTP_PASSWORD" not in result.detail


def test_another_form_and_a_template_can_be_read_instead(tmp_path):
    code = "import sys; print(sys.stdin.read()[:40])"
    assert python(tmp_path, code, shape=Shape("text")).detail.startswith("[harbour-police] Police")
    made = Shape(template=Template("{{ title | upper }}"))
    assert python(tmp_path, code, shape=made).detail.startswith("POLICE CLOSE")


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("pass", Receipt, ""),
        ("import sys; sys.exit(1)", Retry, "exit status 1"),
        ("import sys; sys.exit(75)", Retry, "exit status 75"),
        ("import sys; print('no such user'); sys.exit(100)", Dead, "no such user"),
        ("import sys; print('why', file=sys.stderr); sys.exit(2)", Retry, "status 2: why"),
        ("import os; os.kill(os.getpid(), 9)", Retry, "ended by signal 9"),
    ],
)
def test_the_exit_status_says_what_comes_of_it(tmp_path, code, kind, words):
    result = python(tmp_path, code)
    assert isinstance(result, kind)
    assert words in (result.detail if kind is Receipt else result.reason)
    assert not (kind is Dead and result.disable)


@pytest.mark.parametrize("argv", [["/no/such/program"], ["."], ["a\0b"]])
def test_a_program_that_is_not_there_is_tried_again(tmp_path, argv):
    result = run(tmp_path, *argv)
    assert isinstance(result, Retry)
    assert "cannot be started" in result.reason


def test_a_program_that_does_not_end_is_ended_with_all_that_it_started(tmp_path):
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid}')\n"
        "time.sleep(60)"
    )
    result = python(tmp_path, code, timeout=3 * SECOND)
    assert isinstance(result, Retry)
    assert "did not end within 3 s" in result.reason
    for pid in (tmp_path / "pids").read_text().split():
        assert gone(int(pid))


def gone(pid):
    """Whether it ended: a child without a parent that fetches it may be left as a zombie."""
    for _ in range(100):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_one_that_asks_not_to_be_ended_is_ended_all_the_same(tmp_path):
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    result = python(tmp_path, code, timeout=2 * SECOND)
    assert "did not end" in result.reason


def test_what_it_leaves_running_in_the_background_is_not_waited_for(tmp_path):
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(8)'])\n"
        "print('done')"
    )
    result = python(tmp_path, code, timeout=60 * SECOND)
    assert isinstance(result, Receipt)
    assert result.detail == "done"


def test_endless_output_is_read_and_not_kept(tmp_path):
    code = "import sys\nfor _ in range(300): sys.stdout.write('x' * 100_000)"
    result = python(tmp_path, code)
    assert isinstance(result, Receipt)
    assert len(result.detail) <= 200


def test_one_that_does_not_read_its_input_is_no_failure(tmp_path):
    shape = json.loads(JOB.delivery.payload)
    shape["filler"] = "x" * 1_000_000
    text = json.dumps(shape)
    one = replace(JOB, delivery=replace(JOB.delivery, payload=text))
    assert isinstance(python(tmp_path, "pass", one=one), Receipt)
