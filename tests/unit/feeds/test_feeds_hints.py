"""A publisher's wishes in headers."""

import pytest

from watcher.feeds.hints import freshness
from watcher.model.when import DAY, SECOND

DATE = "Mon, 02 Mar 2026 09:00:00 GMT"
IN_10_MIN = "Mon, 02 Mar 2026 09:10:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'Public, MAX-AGE="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "max-age=600", "age": "soon"}, 600),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=x"}, None),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "private, no-store, must-revalidate"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=600, max-age=5"}, 600),
        ({"expires": IN_10_MIN, "date": DATE}, 600),
        ({"expires": DATE, "date": IN_10_MIN}, None),
        ({"expires": IN_10_MIN}, None),
        ({"expires": "0", "date": DATE}, None),
        ({"expires": "-1", "date": DATE}, None),
        ({"expires": IN_10_MIN, "date": DATE, "cache-control": "max-age=60"}, 60),
        ({"expires": IN_10_MIN, "date": DATE, "cache-control": "max-age=0"}, None),
    ],
)
def test_freshness_of(headers, seconds):
    assert freshness(headers) == (None if seconds is None else seconds * SECOND)


def test_no_wish_outlasts_31_days():
    assert freshness({"cache-control": "max-age=" + "9" * 50}) == 31 * DAY
