from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model.when import DAY
from watcher.text.dates import parse_date

MAY_7 = 1399420800_000_000  # 2014-05-07T00:00:00Z


@pytest.mark.parametrize(
    ("text", "stated", "after_midnight_utc"),
    [
        ("2014-05-07T10:20:30Z", "2014-05-07T10:20:30Z", "10:20:30"),
        ("2014-05-07T10:20:30.123456789Z", "2014-05-07T10:20:30Z", "10:20:30"),
        ("2014-05-07T10:20:30,5+02:00", "2014-05-07T10:20:30+02:00", "08:20:30"),
        ("2014-05-07t10:20z", "2014-05-07T10:20:00Z", "10:20:00"),
        ("2014-05-07 10:20:30 +0430", "2014-05-07T10:20:30+04:30", "05:50:30"),
        ("20140507T102030Z", "2014-05-07T10:20:30Z", "10:20:30"),
        ("2014-05-07T10:20:30\u221202:00", "2014-05-07T10:20:30-02:00", "12:20:30"),
        ("2014-05-07T10:20:30+02", "2014-05-07T10:20:30+02:00", "08:20:30"),
        ("2014-05-07T10:20:30", "2014-05-07T10:20:30Z", "10:20:30"),
        ("2014-05-07T10:20:60Z", "2014-05-07T10:20:59Z", "10:20:59"),
        ("Wed, 07 May 2014 10:20:30 GMT", "2014-05-07T10:20:30Z", "10:20:30"),
        ("Wed, 7 May 2014 10:20:30 +0200", "2014-05-07T10:20:30+02:00", "08:20:30"),
        ("7 May 14 10:20 EST", "2014-05-07T10:20:00-05:00", "15:20:00"),
        ("Wednesday, 07-May-2014 10:20:30 PDT", "2014-05-07T10:20:30-07:00", "17:20:30"),
        ("Mon, 07 May 2014 10:20:30 Z", "2014-05-07T10:20:30Z", "10:20:30"),
        ("07 May 2014 10:20:30 A", "2014-05-07T10:20:30Z", "10:20:30"),
        ("07 May 2014 10:20:30 UT (noon-ish)", "2014-05-07T10:20:30Z", "10:20:30"),
        ("Wed, 07 May 2014 10:20:30 GMT+0200", "2014-05-07T10:20:30+02:00", "08:20:30"),
        ("  Wed,07 May 2014\n 10:20:30 +0000 ", "2014-05-07T10:20:30Z", "10:20:30"),
    ],
)
def test_a_publishers_time_keeps_its_offset(text, stated, after_midnight_utc):
    found = parse_date(text)
    hours, minutes, seconds = map(int, after_midnight_utc.split(":"))
    wanted = MAY_7 + ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
    assert found is not None
    assert (found.text, found.at, found.precision) == (stated, wanted, "exact")


@pytest.mark.parametrize("text", ["2014-05-07", "20140507", "7 May 2014", "Wed, 07 May 2014"])
def test_a_day_without_a_time_stays_a_day(text):
    found = parse_date(text, default_zone=timezone(timedelta(hours=2)))
    assert found is not None
    assert (found.text, found.at, found.precision) == ("2014-05-07", MAY_7, "day")


def test_the_hour_24_is_the_next_midnight():
    found = parse_date("2014-05-06T24:00:00Z")
    assert found is not None
    assert (found.text, found.at) == ("2014-05-07T00:00:00Z", MAY_7)


def test_a_time_without_offset_or_of_an_unknown_zone_is_in_the_default_zone():
    tirana = timezone(timedelta(hours=2))
    for text in ("2014-05-07 02:00", "Wed, 07 May 2014 02:00:00", "07 May 2014 02:00:00 XYZ"):
        found = parse_date(text, default_zone=tirana)
        assert found is not None
        assert (found.text, found.at) == ("2014-05-07T02:00:00+02:00", MAY_7)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "now",
            "yesterday",
            "0000-00-00",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-12:00",
        ),
        *("2014-12-32", "32 Dec 2014", "2014-02-29", "2014-05-07T25:00Z", "2014-05-07T10:61Z"),
        *("2014-05-07T24:01Z", "2014-05-07T10:20:61Z", "2014-05-07T10:20Z tail", "05/07/2014"),
        *("7 Foo 2014", "7 Mayor 2014", "2014-05-07T10:20+99:00", "1399420800", "1 Jan 0001"),
        "2014-05-07T10:20:30Z" + " " * 100 + "x" * 100,
    ],
)
def test_what_is_no_date_is_none(text):
    assert parse_date(text) is None


@given(st.text(st.sampled_from("0123456789-+:TZ ,.JanDecMonGMTEST()\u2212²٣"), max_size=40))
def test_no_text_breaks_the_reading_of_dates(text):
    found = parse_date(text)
    assert found is None or found.at >= -DAY


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=-3, minutes=-30)))))
def test_an_rfc_3339_time_comes_back_as_it_was(value):
    text = value.replace(microsecond=0).isoformat()
    found = parse_date(text)
    assert (found.text if found else None) == (text if 1970 <= value.year <= 2199 else None)
