"""Which story an article joins, from values alone."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.records import NOON, day, exact, prose, text

from watcher.model.story import OpenStory
from watcher.model.when import DAY, HOUR
from watcher.stories.cluster import (
    MOST_NAMES,
    MOST_WORDS,
    Rarity,
    alike,
    article_time,
    joined,
    keys,
    likenesses,
    profile_of,
    terms,
)
from watcher.stories.features import features

RAID = "Police searched the offices of the Marlin line in Tarven on Monday, said Ilda Brenn."


def seen(body, title="", **rest):
    return features(text(title=title, body=body, **rest))


def profile(body, **rest):
    found = seen(body, **rest)
    return profile_of(found, Rarity(Counter(keys(found))))


def story(name, body, at=NOON, **rest):
    return OpenStory(name, profile(body, **rest), at, at)


def test_the_same_words_join_and_others_do_not():
    stories = [story("same", RAID), story("other", prose("other", 2))]
    first, second = likenesses(profile(RAID), NOON, stories)
    assert (first.story.story, first.joins) == ("same", True)
    assert (second.story.story, second.joins) == ("other", False)


def test_days_apart_count_against_it():
    near, far = story("near", RAID), story("far", RAID, NOON - 4 * DAY)
    scores = {one.story.story: one.score for one in likenesses(profile(RAID), NOON, [near, far])}
    assert scores["far"] < scores["near"] * 0.5


def test_one_name_in_common_is_not_enough_in_another_language():
    german = "In Tarven ist am Sonntag ein Konzert gewesen, sagte Odo Fahl."
    (only,) = likenesses(profile(german, language="de"), NOON, [story("en", RAID)])
    assert not only.joins
    assert only.why.startswith("another language, ")


def test_a_profile_stays_small_however_many_articles_it_has():
    whole = profile(prose("first", 3))
    for number in range(30):
        whole = joined(whole, profile(prose(f"more {number}", 3)))
    assert whole.articles == 31
    assert all(len(words) <= MOST_WORDS for words in whole.words.values())
    assert len(whole.names) <= MOST_NAMES
    assert len(terms(whole)) < 60


def test_a_day_counts_from_its_middle_and_nothing_lies_after_we_saw_it():
    assert article_time(None, NOON) == NOON
    assert article_time(exact(NOON - HOUR), NOON) == NOON - HOUR
    assert article_time(exact(NOON + DAY), NOON) == NOON
    assert article_time(day(NOON - 2 * DAY), NOON) == NOON - 2 * DAY + DAY // 2


def test_names_are_the_words_written_large_within_sentences_and_numbers():
    found = seen("Yesterday the mayor of Portoret met Gjergj Toska. Talks lasted 140 minutes.")
    assert set(found.names) == {"brtrt", "grg", "tsk", "#140"}


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_has_features_and_is_like_itself_or_nothing(body, title):
    found = seen(body, title)
    mine = profile_of(found, Rarity(Counter(keys(found))))
    assert 0.0 <= alike(mine, mine) <= 1.0001
    for one in likenesses(mine, NOON, [OpenStory("s", mine, NOON, NOON)]):
        assert 0.0 <= one.score <= 1.0001
