"""Articles as records, and a shelf that keeps them as a store would: for tests of decisions."""

import random
from dataclasses import replace

from watcher.model.alert import StoryMember
from watcher.model.article import (
    ArticleDraft,
    ArticleText,
    Caption,
    Credit,
    Link,
    Outlet,
    PageState,
    StoredText,
)
from watcher.model.story import Candidate, Placement
from watcher.model.when import HOUR, Dated
from watcher.stories.copies import place
from watcher.stories.fingerprint import prints
from watcher.text.hashes import text_hash
from watcher.text.urls import key

NOON = 1_773_144_000_000_000  # 2026-03-10T12:00:00Z
MIDNIGHT = NOON - 12 * HOUR

_SYLLABLES = "ba de fi go lu ma ne ri so tu ka ve pli sto dra gen".split()


def words(seed, count):
    """`count` made-up words, the same for the same seed, hardly any the same for another."""
    chance = random.Random(seed)
    return ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(count)]


def prose(seed, paragraphs=6, length=50):
    """Paragraphs of `length` words, joined by blank lines."""
    return "\n\n".join(
        " ".join(words(f"{seed}/{number}", length)).capitalize() + "."
        for number in range(paragraphs)
    )


def text(title="A title", body="", **rest):
    fields = {
        "standfirst": None,
        "byline": (),
        "credit": None,
        "published": None,
        "modified": None,
        "language": "en",
        "captions": (),
        "links": (),
        "state": PageState("article", 0.9),
        "tags": (),
        "source": "page",
        "method": "test",
        "why": (),
    }
    return ArticleText(title=title, body=body, **{**fields, **rest})


def captions(*texts):
    return tuple(Caption(one) for one in texts)


def credited(outlet):
    return Credit(outlet, f"By Somebody – {outlet}", known=outlet)


def cites(url, role="citation"):
    return Link(url, "there", role)


def exact(at, said="2026-03-10T12:00:00Z"):
    return Dated(said, at)


def day(at, said="2026-03-10"):
    return Dated(said, at, "day")


def draft(name="one", body="", *, seen_at=NOON, canonical=None, urls=(), outlet=None, **rest):
    """An article of the outlet `name`: `a_NAME` at `https://NAME.example/story`."""
    url = f"https://{name}.example/story"
    made = text(body=body, **rest)
    return ArticleDraft(
        article=f"a_{name}",
        url=url,
        canonical_url=canonical,
        urls=(key(url), *urls),
        outlet=outlet or Outlet(f"{name}.example", name.title()),
        text=made,
        text_hash=text_hash(made.title, made.body),
        seen_at=seen_at,
        prints=prints(body),
    )


def stored(made, *, story="s_1", role="original", copy_of=None, number=1, **rest):
    return StoredText(
        article=made.article,
        key=number,
        story=story,
        revision=1,
        url=made.url,
        canonical_url=made.canonical_url,
        outlet=made.outlet,
        text=made.text,
        text_hash=made.text_hash,
        first_seen=made.seen_at,
        role=role,
        copy_of=copy_of,
        counts_as_old=made.counts_as_old,
        **{"urls": made.urls, **rest},
    )


def member(made, *, role="original", copy_of=None):
    published = made.text.published
    return StoryMember(
        article=made.article,
        title=made.text.title,
        url=made.url,
        outlet=made.outlet,
        role=role,
        copy_of=copy_of,
        published_at=None if published is None else published.at,
        first_seen=made.seen_at,
    )


class Shelf:
    """Keeps what was placed and gives it back as candidates, as the store does: the `most` that
    share most prints, then the originals of those that are copies."""

    def __init__(self, most=5):
        self.most = most
        self.held: dict[str, StoredText] = {}
        self.drafts: dict[str, ArticleDraft] = {}
        self.standings = {}

    def put(self, made) -> Placement:
        candidates = self._candidates(made)
        groups = {}
        for one in self.held.values():
            groups.setdefault(one.story, []).append(self._member(one))
        placement = place(
            made, candidates, None, {story: tuple(group) for story, group in groups.items()}
        )
        assert placement is not None
        self.drafts[made.article] = made
        self.held[made.article] = stored(made, number=len(self.held))
        for standing in (placement.standing, *placement.changes):
            self.standings[standing.article] = standing
            self.held[standing.article] = replace(
                self.held[standing.article],
                story=placement.story,
                role=standing.role,
                copy_of=standing.copy_of,
            )
        return placement

    def originals(self):
        """Article to the article it stands behind (itself where it is an original)."""
        return {name: one.copy_of or name for name, one in self.held.items()}

    def _member(self, one):
        known = self.standings[one.article]
        return replace(
            member(self.drafts[one.article], role=one.role, copy_of=one.copy_of),
            kind=known.kind,
            score=known.score,
        )

    def _candidates(self, made):
        found = [self._candidate(made, one) for one in self.held.values()]
        near = [one for one in found if one.shared or one.same_text]
        near.sort(key=lambda one: (not one.same_text, -one.shared, one.stored.key))
        near = near[: self.most]
        names = {one.stored.article for one in near}
        wanted = {one.stored.copy_of for one in near} - names
        return near + [one for one in found if one.stored.article in wanted]

    def _candidate(self, made, one):
        theirs = self.drafts[one.article].prints
        shared = len(set(made.prints) & set(theirs))
        return Candidate(one, shared, len(theirs), one.text_hash == made.text_hash)
