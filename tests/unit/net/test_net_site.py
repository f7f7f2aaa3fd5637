"""The scripted server itself: what other tests stand on."""

import http.client

from tests.support.site import RESET, Raw, Reply, Site, redirect


def ask(site: Site, path: str, headers: dict[str, str] | None = None):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def test_each_sort_of_answer_reaches_the_client():
    routes = {
        "/bytes": b"a",
        "/text": "ü",
        "/status": 410,
        "/reply": Reply(b"x", 202, {"X-Y": "z"}),
        "/list": [b"1", b"2"],
        "/call": lambda seen: seen.target,
        "/raw": Raw([b"HTTP/1.0 200 OK\r\n\r\n", 0.01, b"raw"]),
        "/moved": redirect("/text"),
    }
    with Site(routes) as site:
        assert ask(site, "/bytes")[:2] == (200, b"a")
        assert ask(site, "/text")[1].decode() == "ü"
        assert ask(site, "/status")[0] == 410
        assert ask(site, "/reply")[0] == 202
        assert [ask(site, "/list")[1] for _ in range(3)] == [b"1", b"2", b"2"]
        assert ask(site, "/call?q=1")[1] == b"/call?q=1"
        assert ask(site, "/raw")[1] == b"raw"
        assert ask(site, "/moved")[2]["Location"] == "/text"
        assert ask(site, "/unknown")[0] == 404
        assert len(site.hits("/list")) == 3
        assert site.paths[0] == "/bytes"


def test_a_conditional_request_is_answered_304_only_for_the_same_validator():
    with Site({"/": Reply(b"x", etag='"1"', last_modified="then")}) as site:
        assert ask(site, "/", {"If-None-Match": '"1"'})[0] == 304
        assert ask(site, "/", {"If-None-Match": '"2"', "If-Modified-Since": "then"})[0] == 200
        assert ask(site, "/", {"If-Modified-Since": "then"})[0] == 304


def test_a_reset_cuts_the_connection_and_the_request_is_logged():
    with Site({"/": Raw([RESET])}) as site:
        try:
            ask(site, "/")
        except (ConnectionResetError, http.client.RemoteDisconnected):
            pass
        else:
            raise AssertionError("no reset")
        assert site.requests[0].header("host") == f"127.0.0.1:{site.port}"
