"""The SQL of each migration (`migrations`). What was released is never changed."""

from __future__ import annotations

FIRST = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
    feed TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    fetch_url TEXT NOT NULL,
    wanted TEXT NOT NULL,          -- JSON: the feed as config.yaml wants it
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'gone', 'retired')),
    title TEXT, site_url TEXT, language TEXT, ttl INTEGER,
    etag TEXT, last_modified TEXT, body_hash TEXT, reader TEXT,
    polls INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    interval INTEGER, last_poll INTEGER, lag INTEGER,
    why TEXT NOT NULL DEFAULT 'new: due at once',
    error_code TEXT, error_message TEXT,
    due_at INTEGER NOT NULL, lease_until INTEGER NOT NULL DEFAULT 0, lease_token TEXT
) STRICT;
CREATE INDEX feed_due ON feed (due_at) WHERE state = 'active';

CREATE TABLE poll (
    id INTEGER PRIMARY KEY,
    feed TEXT NOT NULL REFERENCES feed ON DELETE CASCADE,
    at INTEGER NOT NULL, outcome TEXT NOT NULL, status INTEGER,
    new INTEGER NOT NULL, changed INTEGER NOT NULL, seen INTEGER NOT NULL,
    code TEXT, message TEXT, micros INTEGER NOT NULL
) STRICT;
CREATE INDEX poll_feed ON poll (feed, id);

CREATE TABLE entry (
    entry TEXT PRIMARY KEY,
    feed TEXT NOT NULL REFERENCES feed ON DELETE CASCADE,
    identity TEXT NOT NULL,
    hash TEXT NOT NULL,
    url TEXT, title TEXT NOT NULL,
    published_at INTEGER,
    stated TEXT NOT NULL,          -- JSON: the entry as the feed stated it last
    first_seen INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    article TEXT,                  -- what its page or its text became
    error_code TEXT, error_message TEXT,
    due_at INTEGER,                -- NULL: nothing more is wanted
    lease_until INTEGER NOT NULL DEFAULT 0, lease_token TEXT,
    UNIQUE (feed, identity)
) STRICT;
CREATE INDEX entry_due ON entry (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX entry_article ON entry (article);

CREATE TABLE article (
    key INTEGER PRIMARY KEY,       -- time-ordered, spec `storage` D4; also the rowid of the index
    article TEXT NOT NULL UNIQUE,
    caller_id TEXT UNIQUE,
    url TEXT NOT NULL, canonical_url TEXT,
    outlet_domain TEXT NOT NULL, outlet_name TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    published_at INTEGER,
    counts_as_old INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL,     -- the newest
    text_hash TEXT NOT NULL,
    prints INTEGER NOT NULL        -- how many rows it has in print
) STRICT;
CREATE INDEX article_text_hash ON article (text_hash);

CREATE TABLE article_url (
    key TEXT PRIMARY KEY,          -- text.urls.key of every address that led here
    article TEXT NOT NULL REFERENCES article (article) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX article_url_article ON article_url (article);

CREATE TABLE article_feed (
    article TEXT NOT NULL REFERENCES article (article) ON DELETE CASCADE,
    feed TEXT NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (article, feed)
) STRICT, WITHOUT ROWID;

CREATE TABLE revision (
    article TEXT NOT NULL REFERENCES article (article) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('page', 'feed', 'import')),
    changes TEXT NOT NULL,         -- JSON list of kinds
    text_hash TEXT NOT NULL,
    title TEXT NOT NULL, standfirst TEXT, language TEXT,
    published TEXT, published_at INTEGER, modified TEXT, modified_at INTEGER,
    body TEXT,                     -- of the newest revision; older ones in `delta`
    delta BLOB,                    -- raw deflate with the next newer body as dictionary
    words INTEGER NOT NULL,
    rest TEXT NOT NULL,            -- JSON: byline, credit, captions, state, tags, method, why
    PRIMARY KEY (article, n)
) STRICT;

CREATE TABLE link (
    article TEXT NOT NULL REFERENCES article (article) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    url TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL,
    role TEXT NOT NULL, kind TEXT, heading TEXT,
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_key ON link (key);

CREATE TABLE print (
    hash INTEGER NOT NULL,
    article INTEGER NOT NULL,      -- the article's key
    PRIMARY KEY (hash, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX print_article ON print (article);

CREATE TABLE story (
    story TEXT PRIMARY KEY,
    key INTEGER NOT NULL,          -- its first stored article's: rows in order of news
    title TEXT NOT NULL,
    first_seen INTEGER NOT NULL
) STRICT;
CREATE INDEX story_key ON story (key);

CREATE TABLE story_article (
    article TEXT PRIMARY KEY REFERENCES article (article) ON DELETE CASCADE,
    story TEXT NOT NULL REFERENCES story ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('original', 'copy', 'report')),
    kind TEXT, copy_of TEXT, score REAL, why TEXT NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;
CREATE INDEX story_article_story ON story_article (story);

CREATE TABLE topic (
    topic TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    channels TEXT NOT NULL,
    loaded INTEGER NOT NULL        -- 0: no longer in config.yaml
) STRICT;

CREATE TABLE topic_version (
    topic TEXT NOT NULL REFERENCES topic ON DELETE CASCADE,
    version INTEGER NOT NULL,
    query TEXT NOT NULL, meaning TEXT NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (topic, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE match (
    topic TEXT NOT NULL,
    article TEXT NOT NULL REFERENCES article (article) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    clause TEXT NOT NULL, spans TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (topic, article, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_article ON match (article, revision);
CREATE INDEX match_topic_at ON match (topic, at);

CREATE TABLE alert (
    id INTEGER PRIMARY KEY,
    alert TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL, topic TEXT NOT NULL, topic_version INTEGER NOT NULL,
    story TEXT NOT NULL, article TEXT NOT NULL, revision INTEGER NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('raised', 'digest', 'suppressed')),
    reason TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX alert_once ON alert (topic, story, kind) WHERE decision = 'raised';
CREATE INDEX alert_article ON alert (article);

CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    delivery TEXT NOT NULL UNIQUE,
    alert TEXT NOT NULL REFERENCES alert (alert),
    topic TEXT NOT NULL, story TEXT NOT NULL, channel TEXT NOT NULL,
    payload TEXT NOT NULL,         -- the body as it will be sent, frozen
    state TEXT NOT NULL CHECK (state IN ('due', 'done', 'dead')),
    first_due INTEGER NOT NULL,
    due_at INTEGER, lease_until INTEGER NOT NULL DEFAULT 0, lease_token TEXT
) STRICT;
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'due';
CREATE INDEX delivery_thread ON delivery (topic, story, channel, id);

CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    delivery TEXT NOT NULL REFERENCES delivery (delivery) ON DELETE CASCADE,
    at INTEGER NOT NULL, status INTEGER, error TEXT, ms INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_delivery ON attempt (delivery, id);

-- Folded text of each article's newest revision; written with the article, without triggers.
CREATE VIRTUAL TABLE article_text USING fts5 (
    title, standfirst, body, caption, tokenize = 'ascii'
);
"""


# Polling at full strength: what polls remember of a feed, hosts that are left alone, entries that
# broke a stage, and what people did (DESIGN, "acts"). The host of a feed is filled in by the next
# start, with all that it wants.
SECOND = """
ALTER TABLE feed ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE feed ADD COLUMN memory TEXT NOT NULL DEFAULT '{}';
ALTER TABLE feed ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]';
ALTER TABLE feed ADD COLUMN slices BLOB;
ALTER TABLE feed ADD COLUMN hits REAL NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN merged_into TEXT;
ALTER TABLE feed DROP COLUMN ttl;
ALTER TABLE poll ADD COLUMN reader TEXT;
ALTER TABLE poll ADD COLUMN lag INTEGER;
ALTER TABLE poll ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE entry ADD COLUMN broken INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN broken_by TEXT;
ALTER TABLE entry ADD COLUMN broken_stage TEXT;
CREATE TABLE host (
    host TEXT PRIMARY KEY,
    paused_until INTEGER NOT NULL,
    why TEXT NOT NULL,
    since INTEGER NOT NULL,
    firm INTEGER NOT NULL DEFAULT 1  -- 0: ends with the host's next good answer
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_broken ON entry (broken_by) WHERE broken_by IS NOT NULL;
CREATE INDEX poll_notes ON poll (id) WHERE notes <> '[]';
DROP INDEX feed_due;
CREATE INDEX feed_due ON feed (due_at, feed) WHERE state = 'active';
CREATE INDEX feed_merged ON feed (merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE act (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,          -- who did it: a user of the machine
    act TEXT NOT NULL,             -- pause, resume, …
    thing TEXT NOT NULL,           -- the id of what it was done to
    facts TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX act_thing ON act (thing, id);
"""


# What became of channels, alerts that wait for a digest, and what people want to hear no more of.
THIRD = """
CREATE TABLE channel (
    channel TEXT PRIMARY KEY,      -- its name in config.yaml
    failures INTEGER NOT NULL DEFAULT 0,  -- attempts in a row that failed
    failing_since INTEGER, last_ok INTEGER, last_error TEXT,
    open_until INTEGER NOT NULL DEFAULT 0,  -- nothing is sent before: the circuit is open
    disabled_at INTEGER, why TEXT  -- until somebody enables it
) STRICT, WITHOUT ROWID;
INSERT INTO channel (channel) SELECT DISTINCT channel FROM delivery;
CREATE TABLE waiting (
    alert TEXT NOT NULL REFERENCES alert (alert) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    topic TEXT NOT NULL, story TEXT NOT NULL,
    at INTEGER NOT NULL,           -- of the alert
    due_at INTEGER NOT NULL,       -- when its digest closes
    why TEXT NOT NULL,             -- why it waits: digest, quiet, cap, cooldown, snooze
    payload TEXT NOT NULL,         -- as it would have been sent by itself
    PRIMARY KEY (alert, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE signal (
    kind TEXT NOT NULL, topic TEXT NOT NULL,  -- burst or silence, of a topic that asks for it
    due_at INTEGER NOT NULL,       -- when it is listened to next
    state TEXT NOT NULL,           -- JSON: what was said, since when
    PRIMARY KEY (kind, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_due ON waiting (due_at);
CREATE TABLE mute (
    thing TEXT PRIMARY KEY,        -- topic:NAME or story:ID
    until INTEGER,                 -- NULL: for good
    snooze INTEGER NOT NULL DEFAULT 0,  -- told when it ends, not never
    at INTEGER NOT NULL, author TEXT NOT NULL
) STRICT, WITHOUT ROWID;
DROP INDEX alert_once;
CREATE UNIQUE INDEX alert_once ON alert (topic, story, kind)
    WHERE decision <> 'suppressed' AND kind = 'match';
CREATE INDEX delivery_way ON delivery (topic, channel, first_due);
CREATE INDEX waiting_way ON waiting (topic, channel, due_at);
CREATE INDEX delivery_turn ON delivery (channel, due_at, id) WHERE state = 'due';
CREATE INDEX delivery_leased ON delivery (channel) WHERE lease_token IS NOT NULL;
CREATE INDEX delivery_alert ON delivery (alert);
CREATE INDEX alert_story ON alert (story);
ALTER TABLE article ADD COLUMN placed_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX article_hot ON article (placed_at) WHERE prints > 0;
ALTER TABLE story ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;  -- of its last article
ALTER TABLE story ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';  -- JSON: what its articles say
ALTER TABLE story ADD COLUMN merged_into TEXT;  -- an alias since: alerts keep the id they told
CREATE INDEX story_merged ON story (merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE story_term (
    term TEXT NOT NULL, day INTEGER NOT NULL,  -- of the story's last article
    story TEXT NOT NULL REFERENCES story ON DELETE CASCADE,
    PRIMARY KEY (term, day, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_term_story ON story_term (story);
CREATE TABLE term (
    term TEXT PRIMARY KEY, n INTEGER NOT NULL  -- in how many articles
) STRICT, WITHOUT ROWID;
CREATE TABLE apart (
    one TEXT NOT NULL, other TEXT NOT NULL,    -- two articles or two stories, in order
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX apart_other ON apart (other);
CREATE TABLE follow (
    key TEXT PRIMARY KEY,          -- text.urls.key: an address is followed once
    url TEXT NOT NULL, text TEXT NOT NULL,
    role TEXT NOT NULL, heading TEXT,
    topics TEXT NOT NULL,          -- JSON: who wants it, the first is charged
    topic TEXT NOT NULL,           -- whose budget it is on
    depth INTEGER NOT NULL,
    article TEXT NOT NULL,         -- that has the link
    feeds TEXT NOT NULL, tags TEXT NOT NULL,  -- JSON: those of the article
    found_at INTEGER NOT NULL,
    slot INTEGER,                  -- when the budget lets it be asked for
    outcome TEXT, why TEXT NOT NULL DEFAULT '', code TEXT,
    found TEXT,                    -- the article that its page became
    feed_url TEXT,                 -- a feed that the page names
    done_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER, lease_until INTEGER NOT NULL DEFAULT 0, lease_token TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX follow_due ON follow (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX follow_slot ON follow (topic, slot) WHERE slot IS NOT NULL;
CREATE INDEX follow_article ON follow (article);
CREATE INDEX follow_found ON follow (found) WHERE found IS NOT NULL;
CREATE INDEX entry_wanted ON entry (url) WHERE due_at IS NOT NULL;
-- Pages of stored articles that are looked at again, and what became of them.
CREATE TABLE recheck (
    article TEXT PRIMARY KEY REFERENCES article (article) ON DELETE CASCADE,
    url TEXT NOT NULL, host TEXT NOT NULL,
    feed TEXT,                     -- that led to it: how it is asked, whose topics may match
    etag TEXT, last_modified TEXT, validated_url TEXT, body_hash TEXT,
    since INTEGER NOT NULL,        -- the last change, or the first sight
    looked_at INTEGER,             -- the last answer that said something
    asked_at INTEGER,              -- the last request
    looks INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    sign TEXT, sign_why TEXT, sign_since INTEGER, signs INTEGER NOT NULL DEFAULT 0,
    gone TEXT, gone_why TEXT, gone_at INTEGER,
    why TEXT NOT NULL,             -- why it is looked at when it is, or no more
    due_at INTEGER,                -- NULL: no more
    lease_until INTEGER NOT NULL DEFAULT 0, lease_token TEXT
) STRICT, WITHOUT ROWID;
-- Articles whose newest version a block rule keeps from all topics.
CREATE TABLE ignored (
    article TEXT PRIMARY KEY REFERENCES article (article) ON DELETE CASCADE,
    rule TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ignored_at ON ignored (at, article);
CREATE INDEX recheck_due ON recheck (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX recheck_asked ON recheck (asked_at) WHERE asked_at IS NOT NULL;
CREATE INDEX recheck_host ON recheck (host);
CREATE TABLE site (
    host TEXT PRIMARY KEY,
    memory TEXT NOT NULL,          -- JSON: how its texts usually are
    learned_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE site_block (
    host TEXT NOT NULL, hash INTEGER NOT NULL,
    pages INTEGER NOT NULL,        -- on how many articles' pages it stood
    since INTEGER NOT NULL,        -- how many pages of the host were known before
    text TEXT NOT NULL,
    PRIMARY KEY (host, hash)
) STRICT, WITHOUT ROWID;
"""
