"""How many topics look at each feed."""

from watcher.config.watched import watched
from watcher.model.feed import FeedSpec
from watcher.model.topic import Scope, TopicSpec

A = FeedSpec("f_a", "https://a.example/feed", title="Kronika", tags=("Press",))
B = FeedSpec("f_b", "https://b.example/feed")


def topic(name="t", **scope):
    return TopicSpec(name, "q", "q", Scope(**scope))


def counts(*topics):
    return [feed.topics for feed in watched([A, B], topics)]


def test_a_topic_without_a_scope_looks_at_all_feeds():
    assert counts(topic("one"), topic("two")) == [2, 2]


def test_a_tag_or_a_name_in_the_scope_leaves_out_the_rest():
    assert counts(topic(tags=("press",))) == [1, 0]
    for name in ("f_b", "https://b.example/feed"):
        assert counts(topic(feeds=(name,))) == [0, 1]
    assert counts(topic(feeds=("Kronika",))) == [1, 0]


def test_a_name_that_is_not_known_here_may_be_any_feeds_own_title():
    assert counts(topic(feeds=("The Harbour",))) == [1, 1]


def test_languages_and_outlets_leave_no_feed_out():
    assert counts(topic(langs=("sq",), outlets=("a.example",))) == [1, 1]


def test_without_topics_all_feeds_are_wanted_alike():
    assert counts() == [1, 1]
