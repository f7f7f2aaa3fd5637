"""One feed's own settings: what may be written, what comes of it, and that no secret gets out."""

import json
from pathlib import Path

import pytest

from watcher.cli.excerpt import excerpt
from watcher.config.load import effective, load, load_text
from watcher.config.own import open_access
from watcher.errors import ConfigErrors
from watcher.model.ids import feed_id
from watcher.text.urls import normalise

FILE = Path("/desk/config.yaml")
URL = "https://paid.example/feed"
FEED = feed_id(normalise(URL))
SECRET = "s3cr3t-of-the-desk"


def text(keys, url=URL):
    return f"feeds:\n  - url: {url}\n" + "".join(f"    {key}\n" for key in keys)


def opened(tmp_path, *keys, url=URL):
    """What the fetcher is handed for a feed with these keys, `key.secret` beside the config."""
    (tmp_path / "key.secret").write_text(SECRET + "\n")
    path = tmp_path / "config.yaml"
    path.write_text(text(keys, url), encoding="utf-8")
    settings = load(path)
    access, problems = open_access(settings.access)
    assert not problems
    return access[settings.feeds[0].feed]


def refusals(*keys):
    with pytest.raises(ConfigErrors) as caught:
        load_text(text(keys), FILE)
    return caught.value.problems


def test_a_feed_without_any_has_none():
    assert load_text(f"feeds: ['{URL}']", FILE).access == {}


def test_weight_and_identity_are_part_of_the_feed():
    spec = load_text(text(["weight: 2.5", "identity: link"]), FILE).feeds[0]
    assert (spec.weight, spec.identity) == (2.5, "link")


def test_headers_are_texts_or_secrets(tmp_path):
    access = opened(tmp_path, "headers: {X-Key: {file: key.secret}, Accept-Language: de}")
    assert access.headers == (("X-Key", SECRET), ("Accept-Language", "de"))
    assert access.origin == "https://paid.example"


def test_a_login_is_basic_in_utf8_without_a_name_of_its_own_header(tmp_path, monkeypatch):
    monkeypatch.setenv("DESK_PW", "open sesame")
    access = opened(tmp_path, "auth: {user: Aladdin, password: {env: DESK_PW}}")
    # The example of RFC 7617 §2, with a small o.
    assert access.headers == (("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),)


def test_a_token_is_a_bearers(tmp_path):
    access = opened(tmp_path, "auth: {token: {file: key.secret}}")
    assert access.headers == (("Authorization", f"Bearer {SECRET}"),)


def test_cookies_are_one_header(tmp_path):
    access = opened(tmp_path, "cookies: {sid: {file: key.secret}, lang: de}")
    assert access.headers == (("Cookie", f"sid={SECRET}; lang=de"),)


def test_a_proxy_is_an_address_or_one_with_its_login(tmp_path):
    assert opened(tmp_path, "proxy: http://Proxy.example:3128/").proxy == (
        "http://proxy.example:3128"
    )
    access = opened(
        tmp_path, "proxy: {url: 'http://p.example:3128', user: a@b, password: {file: key.secret}}"
    )
    assert access.proxy == f"http://a%40b:{SECRET}@p.example:3128"


def test_a_user_agent_of_its_own_and_no_check_of_the_certificate(tmp_path):
    access = opened(tmp_path, "user_agent: desk/1", "tls: insecure")
    assert (access.user_agent, access.insecure) == ("desk/1", True)
    assert access.headers == ()


def test_a_browsers_user_agent_is_taken_with_a_warning():
    for agent in ("Mozilla/5.0 (X11)", "x Chrome/120", "Safari/1 y"):
        warnings = load_text(text([f"user_agent: '{agent}'"]), FILE).warnings
        assert any("browser" in one for one in warnings)
    assert load_text(text(["user_agent: desk/1"]), FILE).warnings == ()


def test_an_unchecked_certificate_and_a_login_without_encryption_are_warned_of():
    assert "not checked" in load_text(text(["tls: insecure"]), FILE).warnings[0]
    plain = text(["cookies: {a: b}"], "http://paid.example/feed")
    assert "unencrypted" in load_text(plain, FILE).warnings[0]
    assert load_text("net: {allow: [paid.example]}\n" + plain, FILE).warnings == ()


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (f"headers: {{X-Key: [{SECRET}]}}", "headers.X-Key: this should be a text of one line"),
        ("headers: {X-Key: 12345678}", "put it into quotes"),
        (f'headers: {{X-Key: "{SECRET}\\nHost: x"}}', "one line"),
        (f"headers: {SECRET}", "names with values"),
        (f"headers: {{X-Key: {{file: {SECRET}, env: A}}}}", "one of them"),
        (f"auth: {SECRET}", "keys with values"),
        (f"auth: {{user: a, password: {SECRET}}}", "one of them"),
        (f"auth: {{user: {SECRET}}}", "a name with its password, or a token"),
        (f"auth: {{user: {SECRET}, token: {{env: A}}}}", "a name with its password, or a token"),
        (f"auth: {{user: [{SECRET}], token: {{env: A}}}}", "one line"),
        (f"cookies: {{sid: [{SECRET}]}}", "one line"),
        (f"cookies: [{SECRET}]", "names with values"),
        (f"proxy: http://u:{SECRET}@p.example:1", "a login goes beside it"),
        (f"proxy: {{url: 'http://p.example:1', user: {SECRET}}}", "a name with its password"),
        ("proxy: socks5://p.example:1080", "socks is not spoken"),
        ("proxy: https://p.example:1080", "an HTTP proxy"),
        ("user_agent: [x]", "one line"),
        ("weight: 11", "at most 10, not 11"),
        ("weight: 0", "at least 0.1"),
        ("identity: url", "not 'url'"),
        ("tls: off", "'verify' or 'insecure'"),
    ],
)
def test_what_cannot_be_is_refused_and_shown_without_its_value(key, says, tmp_path):
    (problem,) = refusals(key)
    told = f"{problem.message} {problem.hint}"
    assert says in told
    assert SECRET not in told


def test_the_line_of_a_problem_is_not_printed_where_a_secret_may_stand_on_it(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        f"feeds:\n  - {{url: 'https://a.example/', weight: 20, headers: {{X-Key: {SECRET}}}}}\n"
        f"  - url: https://b.example/\n    cookies:\n      sid: [{SECRET}]\n"
        f"  - url: https://c.example/\n    auth: {{user: a, password: {SECRET}}}\n"
        "  - url: https://d.example/\n    weight: 20\n"
    )
    with pytest.raises(ConfigErrors) as caught:
        load(path)
    drawn = [excerpt(problem.place) for problem in caught.value.problems]
    assert drawn[:3] == [[], [], []]
    assert "weight: 20" in drawn[3][0]


@pytest.mark.parametrize("name", ["Host", "cookie", "USER-AGENT", "Accept-Encoding", "Connection"])
def test_headers_that_are_watchers_own_are_refused_with_the_way_to_say_it(name):
    (problem,) = refusals(f"headers: {{{name}: x}}")
    assert repr(name) in problem.message
    assert problem.hint


def test_two_logins_are_refused():
    (problem,) = refusals("auth: {token: {env: A}}", "headers: {authorization: x}")
    assert problem.code == "WTC-CFG-023"


def test_config_show_names_secrets_and_hides_texts(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        text(
            [
                f"headers: {{X-Key: {SECRET}, X-Other: {{file: key.secret}}}}",
                f"auth: {{user: {SECRET}, password: {{env: DESK_PW}}}}",
                f"cookies: {{sid: {SECRET}}}",
                f"proxy: {{url: 'http://p.example:1', user: {SECRET}, password: {{env: A}}}}",
            ]
        )
    )
    shown = json.dumps(effective(path))
    assert SECRET not in shown
    for named in ("X-Key", "key.secret", "DESK_PW", "sid", "p.example"):
        assert named in shown


def test_settings_hold_no_secret_that_a_log_could_print(tmp_path):
    (tmp_path / "key.secret").write_text(SECRET)
    path = tmp_path / "config.yaml"
    path.write_text(text([f"headers: {{X-Key: {SECRET}, X-Other: {{file: key.secret}}}}"]))
    settings = load(path)
    assert SECRET not in repr(settings)
    assert SECRET not in repr(open_access(settings.access))


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("headers: {X-Key: {file: none.secret}}", "WTC-CFG-020"),
        ("headers: {X-Key: {file: two.secret}}", "WTC-CFG-022"),
        ("cookies: {sid: {file: semicolon.secret}}", "WTC-CFG-022"),
        ("auth: {user: 'a:b', password: {file: good.secret}}", "WTC-CFG-022"),
        ("proxy: {url: 'http://p.example', user: a, password: {env: NOT_SET}}", "WTC-CFG-020"),
    ],
)
def test_a_secret_that_cannot_be_used_is_the_problem_of_its_feed(keys, code, tmp_path):
    (tmp_path / "two.secret").write_text(f"{SECRET}\r\nX-Evil: 1")
    (tmp_path / "semicolon.secret").write_text(f"{SECRET}; other=1")
    (tmp_path / "good.secret").write_text(SECRET)
    path = tmp_path / "config.yaml"
    path.write_text(text([keys]) + "  - url: https://b.example/\n    user_agent: x/1\n")
    settings = load(path)
    access, problems = open_access(settings.access)
    assert list(problems) == [FEED]
    assert problems[FEED].code == code
    assert URL in problems[FEED].message
    assert SECRET not in f"{problems[FEED].message} {problems[FEED].hint}"
    assert list(access) == [settings.feeds[1].feed]
