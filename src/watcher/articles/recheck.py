"""When the page of an article is looked at again, and what a look leads to. Young articles are
looked at often, old ones seldom, and one that may be gone again soon, until that is sure."""

from __future__ import annotations

from dataclasses import replace

from watcher.model.page import FetchFailed
from watcher.model.recheck import SCHEDULE, Look, Neighbours, Plan, RecheckPolicy, Sign
from watcher.model.when import DAY, HOUR, MINUTE, Micros
from watcher.text.durations import span
from watcher.text.hashes import bytes_hash

# Waits after the first, second … sign that an article is gone; then as usual.
AFTER_SIGN: tuple[Micros, ...] = (15 * MINUTE, HOUR, 6 * HOUR)
AFTER_FAILURE: tuple[Micros, ...] = (15 * MINUTE, HOUR, 6 * HOUR, DAY)
SIGNS, SIGNS_FIRM = 3, 2  # looks in a row, and how far apart the first and the last are:
SURE, SURE_FIRM = HOUR, 15 * MINUTE
ALONE = DAY  # how far, where nothing else of the host shows that it is well
OUTAGE = 2  # other pages of the host with a sign, at least as many as are well: it is the host
REFUSED = DAY
SPREAD = 0.1  # of the wait, so that what was found together is not looked at together
AGAIN = 7 * DAY  # a page that is gone may come back: so often it is looked at


def plan(since: Micros, now: Micros, policy: RecheckPolicy, article: str) -> Plan:
    """Of a version that is new. `since`: its publication, where that is earlier than now."""
    due, why = _next(since, now, policy, _spread(article, 0))
    return Plan(since, due, why)


def _next(
    since: Micros, now: Micros, policy: RecheckPolicy, spread: float
) -> tuple[Micros | None, str]:
    age = max(0, now - since)
    if age >= policy.until:
        return None, f"not changed for {span(age)}: looked at no more"
    wait = max(next((wait for upto, wait in SCHEDULE if age < upto), SCHEDULE[-1][1]), policy.floor)
    due = now + wait + int(wait * SPREAD * spread)
    return due, f"not changed for {span(age)}: every {span(wait)}"


def same(look: Look, now: Micros, policy: RecheckPolicy) -> Look:
    """The page stands as it stood, or in another version: nothing speaks for its being gone."""
    due, why = _next(look.since, now, policy, _spread(look.article, look.looks + 1))
    return replace(
        look,
        due=due,
        why=why,
        looked_at=now,
        asked_at=now,
        looks=look.looks + 1,
        failures=0,
        sign=None,
        sign_why=None,
        sign_since=None,
        signs=0,
        gone=None,
        gone_why=None,
        gone_at=None,
    )


def failed(look: Look, result: FetchFailed, now: Micros) -> Look:
    """Nothing was learned of the article. What was supposed of it stays as it was."""
    if result.kind == "paused":
        return replace(look, due=now + (result.retry_after or MINUTE), why=result.message)
    if result.kind == "robots" and result.retry_after is None:
        wait, count = REFUSED, look.failures
    else:
        wait = AFTER_FAILURE[min(look.failures, len(AFTER_FAILURE) - 1)]
        wait, count = max(wait, result.retry_after or 0), look.failures + 1
    due = now + wait + _scattered(wait, look)
    why = f"{result.message} ({result.code}): again in {span(wait)}"
    return replace(look, due=due, why=why, asked_at=now, failures=count)


def unread(look: Look, why: str, now: Micros, policy: RecheckPolicy) -> Look:
    """A page came, but not one that says anything of the article."""
    due, usual = _next(look.since, now, policy, _spread(look.article, look.looks))
    return replace(look, due=due, why=f"{why}; {usual}", asked_at=now, failures=look.failures + 1)


def signed(
    look: Look,
    sign: Sign,
    near: Neighbours,
    now: Micros,
    policy: RecheckPolicy,
) -> tuple[Look, bool]:
    """The state after a sign, and whether the article is found to be gone by it."""
    since = now if look.sign_since is None else look.sign_since
    seen = replace(
        look,
        looked_at=now,
        asked_at=now,
        looks=look.looks + 1,
        failures=0,
        sign=sign.kind,
        sign_why=sign.why,
        sign_since=since,
        signs=look.signs + 1,
    )
    if look.gone is not None:
        due = now + AGAIN if now - look.since < policy.until else None
        return replace(seen, due=due, why=f"gone: {sign.why}"), False
    doubt = _doubt(seen, sign, near, now)
    if doubt is None:
        gone = replace(seen, gone=sign.kind, gone_why=sign.why, gone_at=since)
        return replace(gone, due=now + AGAIN, why=f"gone: {sign.why}"), True
    wait = AFTER_SIGN[min(seen.signs, len(AFTER_SIGN)) - 1]
    if seen.signs > len(AFTER_SIGN):
        wait = DAY
    due = now + max(wait, policy.floor) + _scattered(wait, look)
    return replace(seen, due=due, why=f"{sign.why}; {doubt}"), False


def ended(look: Look, why: str) -> Look:
    """Looked at no more."""
    return replace(look, due=None, why=why)


def _scattered(wait: Micros, look: Look) -> Micros:
    return int(wait * SPREAD * abs(_spread(look.article, look.looks + look.failures)))


def _spread(article: str, number: int) -> float:
    """Between -1 and 1, another for each article and look, the same on every run."""
    return int(bytes_hash(f"{article} {number}".encode())[:8], 16) / 0x7FFF_FFFF - 1


def _doubt(seen: Look, sign: Sign, near: Neighbours, now: Micros) -> str | None:
    """Why it is not yet sure."""
    if near.failing:
        return "the feed of its host fails too: it may be the host"
    if near.ill >= OUTAGE and near.ill >= near.well:
        return f"{near.ill} other pages of its host are the same: it may be the host"
    signs, sure = (SIGNS_FIRM, SURE_FIRM) if sign.firm else (SIGNS, SURE)
    if not near.well:
        sure = ALONE
    if seen.signs < signs or now - (seen.sign_since or now) < sure:
        return f"seen {seen.signs} times so far: looked at again before that is believed"
    return None
