"""Which entry is which, from poll to poll: the publisher's id, else the link, else title and date
(spec `polling` §5, checks 61-63), or what the user says for a feed whose ids are bad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from watcher.feeds.plain import entry_text
from watcher.model.feed import IdentityPolicy, KnownEntries, KnownEntry, ParsedEntry
from watcher.text.hashes import bytes_hash, text_hash
from watcher.text.urls import key

_HASHED = "hash:"
MAX_ID = 500  # characters of a publisher's id that are kept as they are


def named(
    entries: Sequence[ParsedEntry], known: KnownEntries, policy: IdentityPolicy = "auto"
) -> tuple[str, ...]:
    """The identity of each entry as `policy` wants it: `guid` trusts the publisher's id whatever it
    is, `link` the link, `hash` title and text; an entry that lacks it has the one that `auto` would
    give it. An entry that was stored under another policy keeps its identity where what `policy`
    goes by is the same in both, so that a change of policy brings nothing anew."""
    rest = identities(entries, known.keys())
    if policy == "auto" and not any(name.startswith(_HASHED) for name in known):
        return rest
    was = {_was(one, policy): name for name, one in known.items()}
    # Those named by their hash: what else `policy` would have called them is not to be told.
    was |= {name: name for name in known if name.startswith(_HASHED)}
    was |= {_was(one, "hash"): name for name, one in known.items() if name.startswith(_HASHED)}
    names = []
    for entry, usual in zip(entries, rest, strict=True):
        wanted = _wanted(entry, policy)
        name = wanted or usual
        found = was.get(wanted or _wanted(entry, "hash"), name)
        names.append(name if name in known else found)
    return tuple(names)


def identities(entries: Sequence[ParsedEntry], known: Collection[str] = ()) -> tuple[str, ...]:
    """The identity of each entry, in order. Equal ones are the same entry stated twice.

    An id that several different entries of one feed share says nothing, and the link stands in
    for it. `known` keeps an entry under the identity that it was first stored with, so that
    neither a feed that adds ids later nor one that stops repeating them brings everything anew.
    """
    names = [(_by_id(entry), _by_link(entry), _by_text(entry)) for entry in entries]
    ids = Counter(ident for ident, _ in {(ident, link or text) for ident, link, text in names})
    links = Counter(link for link, _ in {(link, text) for _, link, text in names})
    vague = {name for name, owners in (ids + links).items() if owners > 1}
    return tuple(_identity(ranked, vague, known) for ranked in names)


def kind(entries: Sequence[ParsedEntry], names: Sequence[str]) -> str:
    """What all the entries alike go by: `id:`, `link:` or `text:`, as their `names` begin, and
    nothing that would go before it; else the empty string."""
    if all(name.startswith("id:") for name in names):
        return "id:"
    if any(entry.id for entry in entries):
        return ""
    if all(name.startswith("link:") for name in names):
        return "link:"
    plain = all(name.startswith("text:") for name in names) and not any(e.url for e in entries)
    return "text:" if plain else ""


def publisher_id(entry: ParsedEntry) -> str | None:
    """The publisher's id, or its hash where it is too long to keep."""
    return None if entry.id is None else _short(entry.id)


def entry_hash(title: str, text: str) -> str:
    """Covers what a reader sees, folded: an edit shows, a nonce in the markup does not."""
    return text_hash(title, text)


def _identity(
    ranked: tuple[str | None, str | None, str], vague: set[str | None], known: Collection[str]
) -> str:
    usable = [name for name in ranked if name and name not in vague]
    return next((name for name in usable if name in known), usable[0])


def _wanted(entry: ParsedEntry, policy: IdentityPolicy) -> str | None:
    if policy == "auto":
        return None
    if policy == "guid":
        return _by_id(entry)
    if policy == "link":
        return _by_link(entry)
    return f"{_HASHED}{entry_hash(entry.title, entry_text(entry))}"


def _was(known: KnownEntry, policy: IdentityPolicy) -> str | None:
    """What `policy` would have called a stored entry."""
    if policy == "auto":
        return None
    if policy == "guid":
        return f"id:{known.publisher_id}" if known.publisher_id else None
    if policy == "link":
        return f"link:{_short(key(known.url))}" if known.url else None
    return f"{_HASHED}{known.hash}"


def _by_id(entry: ParsedEntry) -> str | None:
    return f"id:{_short(entry.id)}" if entry.id else None


def _by_link(entry: ParsedEntry) -> str | None:
    return f"link:{_short(key(entry.url))}" if entry.url else None


def _by_text(entry: ParsedEntry) -> str:
    date = entry.published or entry.updated
    return f"text:{text_hash(entry.title or entry_text(entry), date.text if date else '')}"


def _short(text: str) -> str:
    if len(text) <= MAX_ID:
        return text
    return f"hash:{bytes_hash(text.encode('utf-8', 'surrogatepass'))}"
