"""Place: where a text belongs, what it matches and whom to tell, decided in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.alerts.changed import revised
from watcher.alerts.further import further
from watcher.alerts.rules import decide as decide_alerts
from watcher.articles.follow import wanted
from watcher.articles.learn import hash_of, lesson, site_of, without
from watcher.articles.recheck import plan
from watcher.articles.revise import NewArticle, Unchanged, revise
from watcher.model.alert import PlaceDecision, PlaceView
from watcher.model.article import ArticleDraft, ArticleText
from watcher.model.feed import EntryJob
from watcher.model.follow import Followed, FollowLink
from watcher.model.kept import KeptPage
from watcher.model.recheck import Looked, Plan
from watcher.model.topic import Match
from watcher.model.when import Micros
from watcher.pipeline.desk import PlaceDesk
from watcher.pipeline.notify import notify
from watcher.pipeline.topics import Origin, TopicDesk, as_matches
from watcher.ports import Store
from watcher.stories.features import features
from watcher.stories.fingerprint import prints
from watcher.stories.place import place as place_in_story
from watcher.topics.match import Found

REREAD = "reread: the same page, read by other rules, is no news"


async def place(
    desk: PlaceDesk,
    draft: ArticleDraft,
    origin: Origin,
    *,
    job: EntryJob | None = None,
    next_due: Micros | None = None,
    followed: Followed | None = None,
    page: KeptPage | None = None,
    looked: Looked | None = None,
) -> PlaceDecision | None:
    """Places a text through the store. `next_due`: the page is still wanted then. `followed`: the
    link that led to it, `looked`: the look that brought it, settled in the same step. `page`: what
    it was read off, where pages are kept."""
    whole = draft.text
    draft = await _as_learned(desk, draft)
    draft = replace(draft, features=features(draft.text))
    # Matching does not depend on what is stored: it stays outside the write transaction.
    matched = desk.topics.newest()
    found, rule = _found(matched, draft, origin)
    now = desk.clock.now()
    stated = job.entry.text if job is not None else None

    def decide(view: PlaceView) -> PlaceDecision:
        # The topics may have been changed since: what is placed from then on matches the new ones.
        newest = desk.topics.newest()
        fresh = (found, rule) if newest is matched else _found(newest, draft, origin)
        decision = decide_place(replace(desk, topics=newest), draft, origin, fresh[0], view, now)
        return replace(decision, ignored=fresh[1])

    def write(store: Store) -> tuple[PlaceDecision | None, str | None, str | None]:
        done = store.place(
            draft, decide, now, job=job, next_due=next_due, followed=followed, looked=looked
        )
        wrong = store.keep_page(done.article, page) if done is not None and page else None
        drift = _learn(store, draft, whole, done, stated, now)
        return done, wrong, drift

    decision, wrong, drift = await desk.store.run(write)
    if drift is not None:
        tell_drift(desk, site_of(draft.url), drift)
    if wrong is not None:
        desk.journal.note("page_not_kept", code="WTC-DB-022", url=draft.url, error=wrong)
    if decision is not None:
        _tell(desk, decision)
    return decision


async def _as_learned(desk: PlaceDesk, draft: ArticleDraft) -> ArticleDraft:
    """Without the blocks that stand on most pages of its site."""
    if draft.text.source != "page":
        return draft
    urls = () if draft.reread else draft.urls
    host = site_of(draft.url)
    known = await desk.store.run(lambda store: store.repeated_blocks(host, urls))
    text = without(draft.text, known) if known else draft.text
    if text is draft.text:
        return draft
    return replace(draft, text=text, text_hash=hash_of(text), prints=prints(text.body))


def _learn(
    store: Store,
    draft: ArticleDraft,
    whole: ArticleText,
    done: PlaceDecision | None,
    stated: str | None,
    now: Micros,
) -> str | None:
    """The first page of each article teaches, once: by its `whole` text."""
    if done is None or whole.source != "page" or draft.reread:
        return None
    if done.revision == 1 or "fulltext" in done.changes:
        return store.learn_site(lesson(draft.url, whole, stated), now)
    return None


def tell_drift(desk: PlaceDesk, host: str, drift: str) -> None:
    desk.journal.note(
        "site_drift",
        code="WTC-ART-DRIFT",
        host=host,
        error=drift,
        hint=f"has its template changed? `watcher sites show {host}`, then `sites relearn`",
    )


def _found(
    topics: TopicDesk, draft: ArticleDraft, origin: Origin
) -> tuple[list[Found], str | None]:
    """The topics that are true of a draft, or the block rule that keeps it from all of them."""
    rule = topics.ignored(draft, origin)
    return (topics.find(draft, origin) if rule is None else []), rule


def decide_place(
    desk: PlaceDesk,
    draft: ArticleDraft,
    origin: Origin,
    found: list[Found],
    view: PlaceView,
    now: Micros,
) -> PlaceDecision:
    """The whole decision about a draft, from values alone; may run twice, so it keeps nothing."""
    step = revise(view.latest, draft)
    article = view.latest.article if view.latest else draft.article
    if isinstance(step, Unchanged):
        return PlaceDecision(draft, article, None, (), None, (), (), (), step.why)
    revision = 1 if view.latest is None else view.latest.revision + 1
    placement = place_in_story(draft, view)
    matches = as_matches(found, article, revision)
    alerts = decide_alerts(
        draft=draft,
        article=article,
        revision=revision,
        placement=placement,
        view=view,
        matches=matches,
        policy=desk.alerts,
        now=now,
        silent=[spec.topic for spec in desk.topics.specs.values() if "first" not in spec.tell],
    )
    alerts = further(alerts, draft, placement, view, desk.topics.specs)
    changes = () if isinstance(step, NewArticle) else step.changes
    if view.latest is not None:
        specs, rules = desk.topics.specs, desk.alerts
        alerts += revised(
            view.latest, draft.text, revision, changes, matches, specs, view, rules, now
        )
    if draft.reread:
        alerts = tuple(replace(one, decision="suppressed", reason=REREAD) for one in alerts)
    told = notify(desk, draft, origin, view, placement, matches, alerts, changes)
    return PlaceDecision(
        draft,
        article,
        revision,
        changes,
        placement,
        matches,
        told.alerts,
        told.deliveries,
        step.why,
        follow=_follow(desk, draft, view, matches),
        waiting=told.waiting,
        recheck=_recheck(desk, draft, article, revision, matches, now),
    )


def _recheck(
    desk: PlaceDesk,
    draft: ArticleDraft,
    article: str,
    revision: int,
    matches: Sequence[Match],
    now: Micros,
) -> Plan | None:
    """When the page is looked at again, where the article is of concern."""
    mode = desk.recheck.pages
    if draft.text.source != "page" or mode == "never" or (mode == "matched" and not matches):
        return None
    published = draft.text.published
    since = min(now, published.at) if revision == 1 and published is not None else now
    return plan(since, now, desk.recheck, article)


def _follow(
    desk: PlaceDesk, draft: ArticleDraft, view: PlaceView, matches: Sequence[Match]
) -> tuple[FollowLink, ...]:
    """Links of pages alone: an archive is not the news."""
    if draft.text.source != "page" or draft.reread:
        return ()
    specs = (desk.topics.specs[one.topic] for one in matches)
    wishes = {spec.topic: spec.follow for spec in specs if spec.follow is not None}
    return wanted(draft, max(draft.depth, view.depth), wishes) if wishes else ()


def _tell(desk: PlaceDesk, decision: PlaceDecision) -> None:
    if decision.revision is None:
        return
    placement = decision.placement
    desk.journal.note(
        "place",
        article=decision.article,
        url=decision.draft.url,
        revision=decision.revision,
        changes=list(decision.changes),
        text=decision.draft.text.source,
        role=placement.standing.role if placement else None,
        copy_of=placement.standing.copy_of if placement else None,
        topics=[match.topic for match in decision.matches],
        **({"ignored": decision.ignored} if decision.ignored else {}),
    )
    for alert in decision.alerts:
        desk.journal.note(
            "alert",
            alert=alert.alert,
            topic=alert.topic,
            article=alert.article,
            title=decision.draft.text.title,
            outlet=decision.draft.outlet.name,
            decision=alert.decision,
            reason=alert.reason,
        )
    if decision.deliveries:
        desk.wake("deliver")
    if decision.follow:
        desk.wake("follow")
    if decision.waiting:
        desk.wake("gather")
