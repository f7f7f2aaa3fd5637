import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text import urls


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("HTTP://Example.COM:80/A/../b/./c#top", "http://example.com/b/c"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:443/?", "https://example.com/"),
        ("https://example.com:8443/x", "https://example.com:8443/x"),
        ("https://example.com/a?utm_source=x&id=7&FBCLID=1&mc_cid=2", "https://example.com/a?id=7"),
        ("https://example.com/a?gclid=1", "https://example.com/a"),
        ("https://example.com/%7Ea/%2e?q=[1]%3a&&b", "https://example.com/%7Ea/%2e?q=[1]%3a&&b"),
        ("https://example.com/a//b/..", "https://example.com/a//"),
        ("https://bücher.example/ü?ä=ö", "https://xn--bcher-kva.example/ü?ä=ö"),
        ("https://example.com./x", "https://example.com/x"),
        ("http://[2001:DB8::0:1]:80/", "http://[2001:db8::1]/"),
        ("https://u:P@Example.com/", "https://u:P@example.com/"),
        ("  https://example.com/x\n", "https://example.com/x"),
        ("mailto:A@Example.com", "mailto:A@Example.com"),
        ("http://exa mple.com/", "http://exa mple.com/"),
        ("http://example.com:99999/", "http://example.com:99999/"),
    ],
)
def test_an_address_has_one_stable_form(url, wanted):
    assert urls.normalise(url) == wanted


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.com/news/",
        "https://www.example.com/news",
        "https://EXAMPLE.com:443/news/?utm_medium=rss#comments",
    ],
)
def test_scheme_www_and_trailing_slash_do_not_tell_addresses_apart(url):
    assert urls.key(url) == "example.com/news"


def test_what_chooses_the_page_tells_addresses_apart():
    assert urls.key("https://example.com/?p=1") == "example.com?p=1"
    assert urls.key("https://example.com/News") != urls.key("https://example.com/news")
    assert urls.key("https://example.com:8443/") == "example.com:8443"
    assert urls.key("https://www.com/") == "www.com"


@pytest.mark.parametrize(
    ("ref", "wanted"),
    [
        ("/x?a=1#b", "https://example.com/x?a=1"),
        ("../y z", "https://example.com/y%20z"),
        ("//Other.example/p", "https://Other.example/p"),
        (" http://other.example/ ", "http://other.example/"),
        ("", "https://example.com/a/b"),
        ("mailto:a@b.c", None),
        ("javascript:alert(1)", None),
        ("http://", None),
        ("http://[::1/", None),
        ("http://a\x00b/", None),
        ("http://exa\nmple.com/", None),
        ("http:\\\\other.example\\", None),
        ("http://a b.example/", None),
        ("http://-/", None),
        ("http://x.example:0/", None),
        ("/" + "x" * 8192, None),
    ],
)
def test_a_reference_becomes_an_absolute_address_or_none(ref, wanted):
    assert urls.join("https://example.com/a/b", ref) == wanted


@pytest.mark.parametrize(
    ("url", "host", "outlet"),
    [
        ("https://news.bbc.co.uk/x", "news.bbc.co.uk", "bbc.co.uk"),
        ("https://www.Example.com:8443/", "www.example.com", "example.com"),
        ("https://desk.github.io/", "desk.github.io", "desk.github.io"),
        ("http://127.0.0.1/", "127.0.0.1", "127.0.0.1:80"),
        ("https://127.0.0.1:8001/", "127.0.0.1", "127.0.0.1:8001"),
        ("https://[::1]/", "::1", "[::1]:443"),
        ("http://localhost:8000/", "localhost", "localhost:8000"),
        ("http://tirana.localhost:8000/", "tirana.localhost", "tirana.localhost:8000"),
        ("http://co.uk/", "co.uk", "co.uk"),
        ("ftp://example.com/", "", ""),
        ("nonsense", "", ""),
    ],
)
def test_an_address_belongs_to_a_host_and_an_outlet(url, host, outlet):
    assert urls.host(url) == host
    assert urls.outlet_domain(url) == outlet


PATHS = st.text(st.sampled_from("ab/.?&=#%20;utm_é "), max_size=30)


@given(PATHS, st.sampled_from(["http", "https"]))
def test_the_stable_form_is_stable_and_the_key_ignores_the_scheme(path, scheme):
    url = urls.normalise(f"{scheme}://www.example.com/{path}")
    assert urls.normalise(url) == url
    assert "#" not in url
    assert urls.key(f"http://example.com/{path}") == urls.key(f"https://www.example.com/{path}")


@given(st.text(), st.text())
def test_no_text_breaks_the_reading_of_addresses(base, ref):
    assert urls.normalise(urls.normalise(ref)) == urls.normalise(ref)
    urls.key(ref)
    urls.outlet_domain(ref)
    joined = urls.join(base, ref)
    assert joined is None or urls.host(joined)


def test_importing_addresses_reads_no_suffix_list():
    code = "import sys, watcher.text.urls as u; u.key('http://a.b/'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "watcher.text.urls" in done.stdout
    assert "publicsuffixlist" not in done.stdout
    assert " idna" not in done.stdout
