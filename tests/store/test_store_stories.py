"""Stories through a real store: who belongs together, and what people say of it."""

import random

import pytest
from tests.support.records import NOON, credited, draft, exact, prose

from watcher.model.alert import Mute, PlaceDecision
from watcher.model.story import StoryAct
from watcher.model.when import DAY, HOUR
from watcher.stories.features import features
from watcher.stories.place import place

RAID = (
    "Police searched the harbour offices of the Marlin shipping line in Tarven on Monday. "
    "Investigators carried computers and boxes of papers to two vans, and prosecutor Ilda Brenn "
    "said a judge had approved the search because of suspected customs fraud."
)
RAID_TOO = (
    "Investigators looking into customs fraud have searched the offices of the Marlin line at "
    "Tarven harbour. Prosecutor Ilda Brenn confirmed the search on Monday; police took away "
    "computers, telephones and boxes of papers, and a judge signed the order."
)
RAID_DE = (
    "In Tarven hat die Polizei die Hafenbüros der Reederei Marlin durchsucht. Die Staatsanwältin "
    "Ilda Brenn sprach von Zollbetrug, gesucht wurde nach Belegen über 340 Container."
)
OTHER = (
    "The old lighthouse on Sorrel island opens its doors to visitors again after nine years of "
    "repairs. Keeper Anselm Dray will show the restored lens on Sundays, and the ferry from the "
    "mainland runs every hour until October."
)


def put(store, made, now=NOON):
    made = (
        made
        if made.features
        else made.__class__(**{**_fields(made), "features": features(made.text)})
    )
    store.place(
        made,
        lambda view: PlaceDecision(made, made.article, 1, (), place(made, view), (), (), (), "new"),
        now,
    )


def _fields(made):
    return {name: getattr(made, name) for name in made.__dataclass_fields__}


def of(reader, name):
    return reader.article(f"a_{name}")


def test_two_reports_on_one_event_are_one_story_and_another_event_is_none_of_it(store, reader):
    put(store, draft("one", RAID, title="Search at Marlin", published=exact(NOON - HOUR)))
    put(store, draft("two", RAID_TOO, title="Marlin offices searched", published=exact(NOON)))
    put(store, draft("far", OTHER, title="Lighthouse opens", published=exact(NOON)))
    one, two, far = (of(reader, name) for name in ("one", "two", "far"))
    assert one.story == two.story != far.story
    assert (one.role, two.role, far.role) == ("original", "report", "original")
    assert two.why.startswith("words 0.")


@pytest.mark.parametrize("seed", range(4))
def test_who_wrote_first_does_not_depend_on_who_came_first(store, reader, seed):
    drafts = [
        draft("one", RAID, title="Search at Marlin", published=exact(NOON - 3 * HOUR)),
        draft("two", RAID_TOO, title="Marlin offices searched", published=exact(NOON - HOUR)),
        draft("cpy", RAID, title="Marlin", published=exact(NOON), credit=credited("One")),
    ]
    random.Random(seed).shuffle(drafts)
    for made in drafts:
        put(store, made)
    rows = {name: of(reader, name) for name in ("one", "two", "cpy")}
    assert len({row.story for row in rows.values()}) == 1
    assert {name: (row.role, row.copy_of) for name, row in rows.items()} == {
        "one": ("original", None),
        "two": ("report", None),
        "cpy": ("copy", "a_one"),
    }


def test_names_and_numbers_carry_a_story_into_another_language(store, reader):
    put(store, draft("one", RAID + " It concerns 340 containers.", title="Search", language="en"))
    put(store, draft("two", RAID_DE, title="Durchsuchung im Hafen", language="de"))
    put(store, draft("far", OTHER, title="Lighthouse opens", language="en"))
    assert of(reader, "one").story == of(reader, "two").story != of(reader, "far").story
    assert "another language" in of(reader, "two").why


def test_a_story_closes_seven_days_after_its_last_article(store, reader):
    put(store, draft("one", RAID, title="Search at Marlin", published=exact(NOON - 8 * DAY)))
    put(store, draft("two", RAID_TOO, title="Marlin offices searched", published=exact(NOON)))
    assert of(reader, "one").story != of(reader, "two").story


def both(store):
    put(store, draft("one", RAID, title="Search at Marlin", published=exact(NOON - HOUR)))
    put(store, draft("two", RAID_TOO, title="Marlin offices searched", published=exact(NOON)))


def say(store, act, one, other=None):
    return store.act_on_story(StoryAct(act, one, "ada", other), NOON + HOUR)


def test_a_split_is_kept_and_told(store, reader):
    both(store)
    old = of(reader, "one").story
    new = say(store, "split", "a_two")
    assert of(reader, "one").story == old
    assert of(reader, "two").story == new != old
    assert of(reader, "two").role == "original"
    assert [one.act.partition(":")[0] for one in reader.story(new).acts] == ["split"]
    assert say(store, "split", "a_two") is None


def test_what_was_split_is_not_put_together_by_an_article_that_fits_both(store, reader):
    both(store)
    new, old = say(store, "split", "a_two"), of(reader, "one").story
    put(store, draft("tri", f"{RAID_TOO} {RAID[:60]}", title="Marlin search, offices searched"))
    assert of(reader, "one").story == old
    assert of(reader, "two").story == new


def test_the_founder_can_be_split_off_and_the_rest_keeps_its_id(store, reader):
    both(store)
    old = of(reader, "two").story
    new = say(store, "split", "a_one")
    assert (of(reader, "two").story, of(reader, "two").role) == (old, "original")
    assert of(reader, "one").story == new != old


def test_merged_by_hand_the_older_keeps_its_id_and_the_other_finds_it(store, reader):
    put(store, draft("one", RAID, title="Search at Marlin", published=exact(NOON - HOUR)))
    put(store, draft("far", OTHER, title="Lighthouse opens", published=exact(NOON)))
    old, gone = of(reader, "one").story, of(reader, "far").story
    assert say(store, "merge", gone, old) == old
    assert of(reader, "far").story == old
    assert (of(reader, "one").role, of(reader, "far").role) == ("original", "report")
    assert reader.story(gone).story == old
    assert reader.story(old).aliases == (gone,)
    assert [row.story for row in reader.stories(limit=9).items] == [old]
    assert say(store, "merge", gone, old) is None


def test_a_muted_story_stays_muted_when_it_is_merged(store, reader):
    put(store, draft("one", RAID, title="Search at Marlin", published=exact(NOON - HOUR)))
    put(store, draft("far", OTHER, title="Lighthouse opens", published=exact(NOON)))
    gone = of(reader, "far").story
    store.mute(Mute(f"story:{gone}", None, False, NOON, "ana"))
    into = say(store, "merge", gone, of(reader, "one").story)
    assert f"story:{into}" in {one.thing for one in reader.mutes(NOON)}


def test_an_article_joins_what_two_stories_were_merged_into(store, reader):
    put(store, draft("one", OTHER, title="Lighthouse opens", published=exact(NOON - HOUR)))
    put(store, draft("two", RAID, title="Search at Marlin", published=exact(NOON)))
    into = say(store, "merge", of(reader, "one").story, of(reader, "two").story)
    put(store, draft("tri", RAID_TOO, title="Marlin offices searched", published=exact(NOON)))
    assert of(reader, "tri").story == into


def test_what_is_said_to_be_no_copy_stays_none(store, reader):
    text = prose("news", paragraphs=8)
    put(store, draft("one", text))
    put(store, draft("two", text, seen_at=NOON + HOUR))
    assert of(reader, "two").role == "copy"
    story = say(store, "not-a-copy", "a_two")
    assert story == of(reader, "one").story
    assert (of(reader, "two").role, of(reader, "two").copy_of) == ("report", None)
    put(store, draft("ada", text, seen_at=NOON - HOUR))
    assert of(reader, "two").copy_of is None
    assert say(store, "not-a-copy", "a_two") is None


def test_prints_are_forgotten_after_ninety_days_two_for_each_article_placed(store, reader):
    text = prose("news", paragraphs=8)
    put(store, draft("one", text))
    put(store, draft("far", OTHER), now=NOON + 91 * DAY)
    put(
        store, draft("two", text, title="Other title", seen_at=NOON + 91 * DAY), now=NOON + 91 * DAY
    )
    assert of(reader, "two").role == "original"


def test_the_original_outlet_is_known_though_it_was_never_polled(store, reader):
    from watcher.cli.story_shapes import story as shape
    from watcher.model.article import Credit

    line = Credit("Balkaninsight", "By Somebody – Balkaninsight", known="Balkan Insight")
    put(store, draft("one", RAID, title="Search at Marlin", credit=line))
    found = shape(reader.story(of(reader, "one").story))
    assert found["original"] == {
        "outlet": "Balkaninsight",
        "known": "Balkan Insight",
        "article": None,
    }
