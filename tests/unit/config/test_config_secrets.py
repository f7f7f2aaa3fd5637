from pathlib import Path

import pytest

from watcher.config.load import load_text
from watcher.config.secrets import Secret
from watcher.errors import ConfigError


def test_a_file_is_found_beside_the_config_or_by_its_full_path(tmp_path):
    (tmp_path / "mail.secret").write_text("  hunter2\r\n")
    assert Secret("file", "mail.secret", tmp_path).read() == "hunter2"
    assert Secret("file", str(tmp_path / "mail.secret"), Path("/nowhere")).read() == "hunter2"


def test_a_variable_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("WATCHER_TEST_SECRET", "hunter2\n")
    assert Secret("env", "WATCHER_TEST_SECRET", tmp_path).read() == "hunter2"


def test_a_credential_lies_where_systemd_put_it(tmp_path, monkeypatch):
    (tmp_path / "hook").write_text("hunter2")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert Secret("credential", "hook", Path("/nowhere")).read() == "hunter2"


def test_a_credential_is_never_looked_for_in_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "hook").write_text("hunter2")
    monkeypatch.chdir(tmp_path)
    for given in (None, ""):
        if given is None:
            monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
        else:
            monkeypatch.setenv("CREDENTIALS_DIRECTORY", given)
        with pytest.raises(ConfigError):
            Secret("credential", "hook", tmp_path).read()


def unreadable(folder):
    (folder / "folder").mkdir()
    (folder / "empty").write_text("\n")
    (folder / "latin").write_bytes("hunter2ü".encode("latin-1"))
    return [
        (Secret("file", "none", folder), "file none"),
        (Secret("file", "folder", folder), "readable"),
        (Secret("file", "empty", folder), "config.yaml"),
        (Secret("file", "latin", folder), "config.yaml"),
        (Secret("env", "WATCHER_TEST_NONE", folder), "variable WATCHER_TEST_NONE"),
        (Secret("env", "WATCHER_TEST_BLANK", folder), "variable WATCHER_TEST_BLANK"),
        (Secret("credential", "none", folder), "LoadCredential=none"),
    ]


def test_a_secret_that_cannot_be_read_is_a_config_error_without_it(tmp_path, monkeypatch):
    monkeypatch.setenv("WATCHER_TEST_BLANK", "  ")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for secret, hint in unreadable(tmp_path):
        with pytest.raises(ConfigError) as caught:
            secret.read()
        error = caught.value
        assert (error.code, error.exit_status) == ("WTC-CFG-020", 78)
        assert f"{{{secret.where}: {secret.name}}}" in error.message
        assert hint in error.hint
        assert "hunter2" not in f"{error!r} {error.message} {error.hint}"


def test_settings_show_where_a_secret_is_and_not_what_it_is(tmp_path):
    (tmp_path / "s").write_text("hunter2")
    settings = load_text(
        "channels: {h: {type: webhook, url: https://h.example/, secret: {file: s}}}\n"
        "email: {sender: a@b.c, password: {file: s}}",
        tmp_path / "config.yaml",
    )
    assert settings.mail.password.read() == "hunter2"
    assert "hunter2" not in repr(settings)
    assert "name='s'" in repr(settings)
