"""Language tags, and the few texts whose letters alone name the language."""

from __future__ import annotations

import re

_TAG = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:-[A-Za-z]{3}(?![A-Za-z0-9]))?"
    r"(?:-(?P<script>[A-Za-z]{4}))?(?:-(?P<region>[A-Za-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*)"
    r"(?:-[A-Za-z0-9](?:-[A-Za-z0-9]{2,8})+)*\Z"
)
_RENAMED = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro", "sh": "sr"}  # IANA registry
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})

# Letters, tried in this order, that decide once the script itself is the text's main one.
_SCRIPTS = (
    ("Arabic", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"),
    ("Cyrillic", "\u0400-\u052f"),
    ("Greek", "\u0370-\u03ff\u1f00-\u1fff"),
    ("Hebrew", "\u0590-\u05ff"),
    ("Hangul", "\uac00-\ud7a3"),
    ("Kana", "\u3041-\u30ff"),
    ("Han", "\u4e00-\u9fff"),
    ("Thai", "\u0e01-\u0e4e"),
    ("Georgian", "\u10a0-\u10ff"),
    ("Armenian", "\u0531-\u0587"),
)
_COUNTERS = tuple((name, re.compile(f"[{letters}]")) for name, letters in _SCRIPTS)
_DECIDING: dict[str, tuple[tuple[str, str], ...]] = {
    "Arabic": (
        ("ur", "ٹڈڑںے"),
        ("ps", "ټډړښځڅ"),
        ("ckb", "ڕڵۆێ"),
        ("fa", "پچژگ"),
        ("ar", "ةىيك"),
    ),
    "Cyrillic": (("be", "ў"), ("mk", "ѓќѕ"), ("sr", "ђћ"), ("uk", "їєґ")),
}
_ALONE = {
    "Greek": "el",
    "Hebrew": "he",
    "Hangul": "ko",
    "Han": "zh",
    "Thai": "th",
    "Georgian": "ka",
    "Armenian": "hy",
}
_SAMPLE = 4_000
_LEAST_LETTERS = 12  # of the script: a name in a headline says nothing about the text


def canonical_tag(tag: str | None) -> str | None:
    """BCP 47 in its usual case (`en_US` → `en-US`); None for what names no language.

    Language, script, region and variants are kept; extensions and private use say nothing about
    the language and are left out (RFC 5646 §2.1).
    """
    if tag is None:
        return None
    found = _TAG.match(tag.strip().partition(".")[0].replace("_", "-"))
    if found is None:
        return None
    language = found["language"].lower()
    language = _RENAMED.get(language, language)
    if language in _NO_LANGUAGE:
        return None
    parts = [language, (found["script"] or "").title(), (found["region"] or "").upper()]
    return "-".join(p for p in (*parts, found["variants"].lower().strip("-")) if p)


def guess_by_script(text: str) -> str | None:
    """The language of a text whose script or letters decide it alone, else None.

    Conservative: Latin script, and Cyrillic without a letter that only one language has, are
    None. Looks at the first 4,000 characters.
    """
    sample = text[:_SAMPLE].lower()
    letters = sum(map(str.isalpha, sample))
    counts = {name: len(pattern.findall(sample)) for name, pattern in _COUNTERS}
    if counts["Kana"] >= _LEAST_LETTERS // 2 and 2 * (counts["Kana"] + counts["Han"]) > letters:
        return "ja"
    script = max(counts, key=lambda name: counts[name])
    if counts[script] < _LEAST_LETTERS or 2 * counts[script] <= letters:
        return None
    return _ALONE.get(script) or _by_letters(sample, _DECIDING.get(script, ()))


def _by_letters(sample: str, deciding: tuple[tuple[str, str], ...]) -> str | None:
    """The first language whose own letters the sample has: at least 1 in 200, so that a quoted
    foreign name does not decide. The order of the table puts the letters of fewer languages
    first (Urdu and Pashto have the Persian ones too)."""
    for tag, letters in deciding:
        if sum(map(sample.count, letters)) * 200 >= len(sample):
            return tag
    return None
