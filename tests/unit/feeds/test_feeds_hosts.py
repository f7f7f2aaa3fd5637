"""Host rules: each rule of the data file has a page that it turns into feeds."""

from __future__ import annotations

import pytest

from watcher.feeds.hosts import host_feeds, rules
from watcher.text.urls import join

CHANNEL = "UC" + "abcDEF123456789-_xyzQW"
VIDEOS = "https://www.youtube.com/feeds/videos.xml?"
WORDPRESS = '<link href="https://a.example/wp-content/themes/x.css">'
MASTODON = '<div class="app-holder" id="mastodon"></div>'
BLOGGER = "<meta content='blogger' name='generator'>"
SUBSTACK = '<script src="https://substackcdn.com/bundle.js"></script>'

# rule, page, what the page holds (None: it is not looked at), its first feeds
TABLE = [
    ("YouTube channel", f"https://www.youtube.com/channel/{CHANNEL}/videos", None,
     [f"{VIDEOS}channel_id={CHANNEL}"]),
    ("YouTube channel", f"https://m.youtube.com/channel/{CHANNEL}?app=desktop", None,
     [f"{VIDEOS}channel_id={CHANNEL}"]),
    ("YouTube playlist", "https://www.youtube.com/playlist?list=PLabc_-123", None,
     [f"{VIDEOS}playlist_id=PLabc_-123"]),
    ("YouTube playlist", "https://www.youtube.com/watch?v=x&list=PLabc", None,
     [f"{VIDEOS}playlist_id=PLabc"]),
    ("YouTube user", "https://youtube.com/user/harbour", None, [f"{VIDEOS}user=harbour"]),
    ("YouTube handle or video", "https://www.youtube.com/@harbour/videos",
     f'{{"externalId":"{CHANNEL}"}}', [f"{VIDEOS}channel_id={CHANNEL}"]),
    ("YouTube handle or video", "https://www.youtube.com/watch?v=abc",
     f'<meta itemprop="channelId" content="{CHANNEL}">', [f"{VIDEOS}channel_id={CHANNEL}"]),
    ("YouTube handle or video", "https://www.youtube.com/c/harbour",
     f'<link rel="canonical" href="https://www.youtube.com/channel/{CHANNEL}">',
     [f"{VIDEOS}channel_id={CHANNEL}"]),
    ("Reddit search", "https://www.reddit.com/r/ports/search?q=ferry&restrict_sr=1", None,
     ["https://www.reddit.com/r/ports/search.rss?q=ferry&restrict_sr=1"]),
    ("Reddit search", "https://www.reddit.com/search/?q=ferry", None,
     ["https://www.reddit.com/search.rss?q=ferry"]),
    ("Reddit page", "https://old.reddit.com/r/ports/", None,
     ["https://www.reddit.com/r/ports/.rss"]),
    ("Reddit page", "https://www.reddit.com/r/ports/top/?t=week", None,
     ["https://www.reddit.com/r/ports/top/.rss"]),
    ("Reddit page", "https://www.reddit.com/user/captain", None,
     ["https://www.reddit.com/user/captain/.rss"]),
    ("Medium tag", "https://medium.com/tag/shipping/latest", None,
     ["https://medium.com/feed/tag/shipping"]),
    ("Medium author or publication", "https://medium.com/@captain", None,
     ["https://medium.com/feed/@captain"]),
    ("Medium author or publication", "https://medium.com/the-harbour/a-story-1a2b", None,
     ["https://medium.com/feed/the-harbour"]),
    ("Medium subdomain", "https://captain.medium.com/a-story-1a2b", None,
     ["https://captain.medium.com/feed"]),
    ("GitHub releases", "https://github.com/o/r/releases/tag/v1", None,
     ["https://github.com/o/r/releases.atom"]),
    ("GitHub tags", "https://github.com/o/r/tags", None, ["https://github.com/o/r/tags.atom"]),
    ("GitHub branch", "https://github.com/o/r/commits/main/", None,
     ["https://github.com/o/r/commits/main.atom"]),
    ("GitHub repository", "https://github.com/o/r.py", None,
     [f"https://github.com/o/r.py/{x}.atom" for x in ("releases", "tags", "commits")]),
    ("GitHub repository", "https://github.com/o/r.git", None,
     [f"https://github.com/o/r/{x}.atom" for x in ("releases", "tags", "commits")]),
    ("GitHub user", "https://github.com/o", None, ["https://github.com/o.atom"]),
    ("Substack", "https://harbour.substack.com/p/a-post", None,
     ["https://harbour.substack.com/feed"]),
    ("Substack author", "https://substack.com/@captain", None,
     ["https://captain.substack.com/feed"]),
    ("Blogger label", "https://port.blogspot.com/search/label/Ferry%20news", None,
     ["https://port.blogspot.com/feeds/posts/default/-/Ferry%20news"]),
    ("Blogger", "https://port.blogspot.co.uk/2026/11/a.html", None,
     ["https://port.blogspot.co.uk/feeds/posts/default"]),
    ("Tumblr tag", "https://port.tumblr.com/tagged/ferry", None,
     ["https://port.tumblr.com/tagged/ferry/rss"]),
    ("Tumblr", "https://port.tumblr.com/post/1", None, ["https://port.tumblr.com/rss"]),
    ("Tumblr blog", "https://www.tumblr.com/port/123/a-post", None,
     ["https://port.tumblr.com/rss"]),
    ("Google News search", "https://news.google.com/search?q=ferry&hl=en-GB&gl=GB&ceid=GB:en",
     None, ["https://news.google.com/rss/search?q=ferry&hl=en-GB&gl=GB&ceid=GB:en"]),
    ("Google News section", "https://news.google.com/topics/CAAq-B?hl=sq", None,
     ["https://news.google.com/rss/topics/CAAq-B?hl=sq"]),
    ("Google News front page", "https://news.google.com/home?hl=sq", None,
     ["https://news.google.com/rss?hl=sq"]),
    ("Bing News search", "https://www.bing.com/news/search?q=ferry&setlang=en", None,
     ["https://www.bing.com/news/search?q=ferry&setlang=en&format=rss"]),
    ("Bluesky profile", "https://bsky.app/profile/port.example/post/1", None,
     ["https://bsky.app/profile/port.example/rss"]),
    ("Mastodon account", "https://social.example/@captain", MASTODON,
     ["https://social.example/@captain.rss"]),
    ("Mastodon tag", "https://social.example/tags/ferry", MASTODON,
     ["https://social.example/tags/ferry.rss"]),
    ("Substack on a domain of its own", "https://letter.example/about", SUBSTACK,
     ["https://letter.example/feed"]),
    ("Blogger on a domain of its own", "https://port.example/", BLOGGER,
     ["https://port.example/feeds/posts/default"]),
    ("WordPress search", "https://a.example/?s=mek+albania", WORDPRESS,
     ["https://a.example/?s=mek+albania&feed=rss2"]),
    ("WordPress search", "https://a.example/en/?lang=en&s=mek", WORDPRESS,
     ["https://a.example/en/?s=mek&feed=rss2"]),
    ("WordPress category, tag or author", "https://a.example/category/ports/", WORDPRESS,
     ["https://a.example/category/ports/feed/"]),
    ("WordPress category, tag or author", "https://a.example/blog/author/ana", WORDPRESS,
     ["https://a.example/blog/author/ana/feed/"]),
    ("WordPress category, tag or author", "https://a.example/tag/ferry/", WORDPRESS,
     ["https://a.example/tag/ferry/feed/"]),
    ("WordPress by number", "https://a.example/?cat=7", WORDPRESS,
     ["https://a.example/?cat=7&feed=rss2"]),
    ("WordPress", "https://a.example:8080/2026/11/a-post/", WORDPRESS,
     ["https://a.example:8080/feed/"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "page", "markup", "feeds"), TABLE)
def test_a_rule_turns_a_page_into_its_feeds(name, page, markup, feeds):
    found = host_feeds(page, markup)
    assert [one.url for one in found if one.aside is None] == feeds
    assert all(one.why.startswith(f"{name}:") and one.how == "host" for one in found)
    for one in found:
        assert join("", one.url) == one.url


def test_every_rule_has_a_row_of_the_table():
    assert {rule.name for rule in rules()} == {row[0] for row in TABLE}


@pytest.mark.parametrize(
    "page",
    [
        "https://a.example/",
        "https://a.example/@captain",
        "https://www.youtube.com/",
        "https://www.youtube.com/@harbour",
        "https://github.com/",
        "https://github.com/orgs/o",
        "https://github.com/topics/news",
        "https://notgithub.com/o/r",
        "https://github.com.example/o/r",
        "https://www.reddit.com/",
        "https://bsky.app/",
        "https://www.tumblr.com/dashboard",
        "https://news.google.com/rss/search?q=a",
        "ftp://github.com/o/r",
        "github.com/o/r",
        "",
    ],
)
def test_other_pages_are_given_no_feeds(page):
    assert host_feeds(page) == ()
    assert host_feeds(page, "<p>nothing of theirs</p>") == ()


def test_parts_of_a_channel_are_offered_but_set_aside():
    found = host_feeds(f"https://www.youtube.com/channel/{CHANNEL}")
    parts = [one for one in found if one.aside]
    assert [one.url.partition("playlist_id=")[2][:4] for one in parts] == ["UULF", "UUSH", "UULV"]
    assert all(one.url.endswith(CHANNEL[2:]) for one in parts)


def test_where_terms_or_limits_matter_the_user_is_told():
    for page in ("https://news.google.com/search?q=a", "https://www.bing.com/news/search?q=a"):
        assert "terms" in host_feeds(page)[0].note
    assert "429" in host_feeds("https://www.reddit.com/r/ports")[0].note
