"""What is a person's name in a byline, and what is a role, an outlet, an agency, an account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from watcher.articles import naming, words
from watcher.text.names import squash

MOST = 30  # papers of a laboratory have that many
_ADDRESS = re.compile(r"https?://|www\.|@|\.(?:com|org|net|html?)\b", re.I)
_DIGITS = re.compile(r"\d")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
# What follows a name without being one: its role, its place, the agency.
_TAIL = re.compile(r"\s*(?:,|\||/|–|—|⋅|·|•|∙|»| - ).*\Z", re.S)
_PLACE = re.compile(r"(?<=\S)\s(?:in|en|from|aus|à|em|for|für|von der|at)\s.*\Z", re.I | re.S)
_BARS = re.compile(r"\s*[|⋅·•∙»]\s*|\s+[–—]\s+|\s+-\s+")
# Words that no name holds and no table needs, for they say it in English on pages of all languages.
_NO_NAME = re.compile(
    r"\b(?:admin|articles?|artikel|comments?|account|posted|sponsored|published|subscribe|newsletter"
    r"|menu|login|share|redaksia|tým|zespół|min(?:ute)?s? read)\b|редакци|التحرير|تحریریه"
    r"|\A(?:more|about|view|posts?|all|(?:updated|edited|reviewed|checked|medically \w+) by)\b",
    re.I,
)
_ORGANISATION = re.compile(
    r"\b(?:university|universität|université|universidad|università|institut\w*|college|school"
    r"|ltd|inc|llc|gmbh|foundation|stiftung|ministry|department|association|society|hospital"
    r"|clinic|academy|company|agency|group|council)\b",
    re.I,
)
_DEGREE = re.compile(
    r"(?:(?:ph|pharm|psy|ed)\.?\s?d\.?|[a-z]\.[a-z.]*|m\.?sc\.?|b\.?sc\.?|msc|bsc|mba|esq\.?|jr\.?|sr\.?"
    r"|dipl\.?.*|lic\.?)\Z|(?-i:[A-Z][A-Za-z]{0,2}[A-Z][A-Z0-9-]{0,5}|[A-Z]{2,7}(?:-[A-Z]+)*)\Z",
    re.I,
)
_AGENCY = re.compile(
    r"(?:the\s+)?(?:associated\s+press|reuters|ap|afp|dpa|apa|sda|keystone-sda|ansa|efe|pa|pa\s+media"
    r"|agence\s+france-?presse|deutsche\s+presse-?agentur|tass|tasr|ctk|čtk|pap|mti|ata|anadolu"
    r"|anadolu\s+agency|aa|irna|isna|xinhua|kyodo|bloomberg|upi|lusa|belga|anp|ntb|tt|stt|hina|tanjug"
    r"|beta|fena|sid|kna|epd|pti|ani|ians|canadian\s+press|the\s+canadian\s+press|europa\s+press"
    r"|adnkronos|askanews|interfax|ria\s+novosti|ukrinform|agerpres|mediafax|bta|ana-mpe|dha|iha"
    r"|yonhap|antara|bernama|vna|wam|spa|mena|petra|sana|ritzau|tt-afp|ats|keystone-ats|notimex|télam"
    r"|agência\s+brasil|estadão\s+conteúdo|press\s+association|australian\s+associated\s+press|aap"
    r"|agenturen|agencias|agences|agenzie|agencje|agentury|agențiile|вести|агентства|وكالات|الوكالات)\Z",
    re.I,
)
_HANDLE = re.compile(r"[^\W\d_]{2,25}(?:[._-]?[^\W\d_]{1,20})?\Z")

# What precedes a name in one language and is part of it in another: Van Badham, De Niro, Nga Pham.
_PARTS_OF_NAMES = frozenset({"van", "von", "di", "de", "nga"})
_PARTICLES = frozenset(
    "af al av bin da das de del della den der di do dos du e el i ibn la le los ten ter van von y"
    " zu zum zur".split()
)
# Letters in which a name is written twice, `Ivan Petrov` beside `Иван Петров`: consonants suffice.
_ROMAN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщыэюяіїєґјљњћђџѓќѕαβγδεζηθικλμνξοπρσςτυφχψω",
        "a b v g d e z z i i k l m n o p r s t u f k c c s s i e u a i i e g i l n c d d g k d"
        " a v g d e z i t i k l m n k o p r s s t i f k p o".split(),
        strict=True,
    )
)
_VOWELS = re.compile(r"[aeiouyhjw'’\s.-]+")


@cache
def _splitter() -> re.Pattern[str]:
    """Marks and words between names. A letter alone joins names only in lower case (“John A Smith”
    is one) and before a full name (“Ortega y Gasset”); “en” is also a place's preposition."""
    joints = words.entries("and")
    short = "|".join(re.escape(word) for word in joints if len(word) == 1 or word == "en")
    long = "|".join(re.escape(word) for word in joints if len(word) > 1 and word != "en")
    return re.compile(
        rf"\s*(?:;|&|\s\+\s|,|،|、)\s*(?:(?:{long}|(?-i:{short}))\s+)?"
        rf"|\s+(?:{long})\s+|\s+(?-i:{short})\s+(?=[^\s,;&]+\s+[^\s,;&])",
        re.I,
    )


def clean(
    stated: Iterable[str], own: Iterable[str] = (), *, handles: bool = False
) -> tuple[str, ...]:
    """Names out of stated bylines, each once. `own`: squashed names of the outlet, which is no
    author but where it is called like a person. With `handles` an account or initials in small
    letters count too, if there is no name: the statement says that they are somebody's."""
    kept: dict[str, str] = {}
    outlets = set(own)
    texts = list(stated)
    for text in texts:
        for name in split(text):
            squashed = squash(name)
            if squashed and not _is_own(name, squashed, outlets):
                kept.setdefault(_skeleton(name), name)
    if not kept and handles:
        kept = {one: one for text in texts for one in _handles(text) if squash(one) not in outlets}
    return tuple(kept.values())[:MOST]


def _is_own(name: str, squashed: str, outlets: set[str]) -> bool:
    """Whether it is the outlet's name and none of a person: a diary bears its writer's name."""
    return bool({squashed, squashed.removeprefix("the")} & outlets) and not (
        naming.is_person(name) and len(name.split()) <= 3
    )


def _skeleton(name: str) -> str:
    """Equal for one name in two alphabets; for all else the folded name."""
    squashed = squash(name)
    if not any(char in _ROMAN for char in squashed):
        roman = squashed if squashed.isascii() else ""
    else:
        roman = "".join(_ROMAN.get(char, "" if char in "ьъ" else char) for char in squashed)
    bare = _VOWELS.sub("", roman)
    return f"{bare}/{len(name.split())}" if len(bare) >= 6 else squashed


def _handles(text: str) -> list[str]:
    """`srf/hosb;kesm`: initials and accounts, without agencies and offices."""
    parts = re.split(r"\s*[/;,&|]\s*|\s+-\s+", _BRACKETS.sub(" ", text).strip())
    return [
        part
        for part in parts
        if _HANDLE.match(part)
        and part == part.lower()
        and not (is_agency(part) or words.is_office(part) or naming.is_role(part))
        and not _NO_NAME.search(part)
        and words.after_by(part) is None
        and not _ADDRESS.search(text)
    ]


def split(text: str) -> list[str]:
    """`By Ana Doe, Tirana correspondent, and Ben Roe` to its names; [] for what holds none."""
    bare = _after_by(naming.without_others(_BRACKETS.sub(" ", text)))
    inverted = _inverted(bare)
    if inverted:
        return [inverted]
    parts = [part.strip(" .·•|–—-*:") for part in _splitter().split(_before_bars(bare))]
    names: list[str] = []
    for part in parts:
        if names and (_DEGREE.match(part) or _ORGANISATION.search(part)):
            continue  # “Ana Doe, MD, Harbour University”
        name = _name(part) if part else None
        if name:
            names.append(name)
    return names


def _before_bars(text: str) -> str:
    """What stands before `|` or `·`, and after it what is a person too."""
    first, *rest = _BARS.split(text)
    more = [part for part in rest if naming.is_person(part) and not _DIGITS.search(part)]
    return ", ".join([first, *more]) if first else ", ".join(more)


def _inverted(text: str) -> str | None:
    """`Doe, Ana` to `Ana Doe`."""
    last, comma, first = (part.strip() for part in text.partition(","))
    if not comma or " " in last or " " in first or not naming.is_given(first):
        return None
    return f"{first} {last}" if last[:1].isupper() and not naming.is_given(last) else None


def _name(part: str) -> str | None:
    """The name in one part of a byline, or None."""
    name = " ".join(_TAIL.sub("", part).split())
    name = _before_agency(name)
    short = _PLACE.sub("", name)
    name = (short if " " in short else name).strip(' .·•|*:"“”')
    name = _after_by(name)
    if not 2 <= len(name) <= 60 or len(name.split()) > 6:
        return None
    if _ADDRESS.search(name) or _DIGITS.search(name) or ":" in name or is_agency(name):
        return None
    if words.is_office(name) or _NO_NAME.search(name) or not any(c.isalpha() for c in name):
        return None
    if naming.is_role(name) and not naming.is_desk(name):
        return _before_role(name)
    cased = [word for word in name.split() if word[:1].upper() != word[:1].lower()]
    if 2 * sum(word == word.lower() for word in cased) > len(cased):
        return None  # “staff writers”, an account, a sentence: no name is mostly lower case
    return _uncapitalised(name)


def _before_agency(name: str) -> str:
    """`Ana Doe The Associated Press` to the person."""
    parts = name.split()
    for count in (4, 3, 2, 1):
        agency = " ".join(parts[-count:])
        if len(parts) >= count + 2 and len(agency) > 2 and is_agency(agency):
            return " ".join(parts[:-count])
    return name


def _before_role(name: str) -> str | None:
    """`Ana Doe Senior Writer`, set in elements of their own, to the person."""
    parts = name.split()
    for count in (2, 3):
        person = " ".join(parts[:count])
        if len(parts) > count and naming.is_person(person) and naming.is_role(parts[count]):
            return person
    return None


def _uncapitalised(name: str) -> str:
    """`ANA DOE-ROE` as names are written; short words and single ones stay."""
    parts = name.split()
    if len(parts) < 2 or name != name.upper() or name == name.lower() or len(name) < 7:
        return name
    return " ".join(
        part if len(part) < 3 or "." in part else re.sub(r"[^\W\d_]+", _title, part)
        for part in parts
    )


def _title(found: re.Match[str]) -> str:
    """Without `str.title`, which breaks at marks; Turkish and Greek letters stay what they are."""
    word = found.group()
    if word.startswith("MC") and len(word) > 4:
        return f"Mc{word[2]}{word[3:].lower()}"
    return word[0] + word[1:].lower().replace("i̇", "i")


def _after_by(text: str) -> str:
    """Without a leading “By”. A word that names begin with too counts as one only before a full
    name or an account: “Nga Arta Hoxha”, “Nga Redaksia”, but not “Nga Pham”."""
    said = words.after_by(text)
    if said is None:
        return text
    opening = text[: len(text.rstrip()) - len(said)].strip(" \n\t–—-•|").lower()
    if opening not in _PARTS_OF_NAMES or not said:
        return said
    first = _splitter().split(said)[0].strip()
    named = " " in first and not first[0].islower()
    return said if named or words.is_office(first) or is_agency(first) else text


def is_agency(name: str) -> bool:
    return bool(_AGENCY.match(name.strip(" .()")))


def looks_initialled(text: str) -> bool:
    """Initials or an account: `hosb`, `jd`."""
    return bool(_HANDLE.match(text)) and text == text.lower() and not is_agency(text)


def looks_named(text: str) -> bool:
    """Whether it is names of two to four words, each in a capital or in a script that has none."""
    parts = split(text)
    return bool(parts) and all(_is_full(name.split()) for name in parts)


def _is_full(name: list[str]) -> bool:
    """`Ana Doe`, `Jan van der Meer`; not `Monday evening`."""
    if not 2 <= len(name) <= 5:
        return False
    return all(word in _PARTICLES or not word[0].islower() for word in name[:-1]) and not (
        name[-1][0].islower()
    )
