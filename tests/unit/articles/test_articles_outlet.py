import pytest

from watcher.articles.outlet import outlet_for
from watcher.model.article import Outlet

URL = "https://www.kronika.example/ferry"
NAMES = {"kronika.example": "Kronika e Bregut"}


@pytest.mark.parametrize(
    ("site", "feed", "names", "name"),
    [
        ("Site", "Feed", NAMES, "Kronika e Bregut"),
        ("Site", "Feed", {}, "Site"),
        (None, "Feed", {}, "Feed"),
        ("  ", " Feed\n title ", {}, "Feed title"),
        ("x" * 81, None, {}, "kronika.example"),
        (None, None, {"other.example": "Other"}, "kronika.example"),
    ],
)
def test_the_configured_name_comes_before_the_pages_and_the_feeds(site, feed, names, name):
    assert outlet_for(URL, site, feed, names) == Outlet("kronika.example", name)


def test_each_port_of_an_ip_literal_is_its_own_outlet():
    assert outlet_for("http://127.0.0.1:8001/a", None, None, {}).domain == "127.0.0.1:8001"
    assert outlet_for("http://127.0.0.1/a", None, None, {}).domain == "127.0.0.1:80"
