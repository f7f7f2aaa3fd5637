"""Every version of an article can be read, whatever it costs to keep: small deltas, and a whole
one every twenty."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.builders import NOON, article_text, draft, full_text, place

from watcher.model.when import MINUTE

NAMES = count()
BODY = "\n\n".join(f"Paragraph {n} says how the ferry left pier {n * 7 % 13}." for n in range(60))


def test_every_version_reads_as_it_was_placed(store, reader):
    texts = [
        replace(full_text("a"), title=f"Title {n}", body=BODY.replace("pier 7", f"pier {n + 100}"))
        for n in range(45)
    ]
    for n, text in enumerate(texts):
        place(store, draft("a", text), NOON + n * MINUTE)
    found = reader.versions(draft("a").article)
    assert [one.n for one in found] == list(range(1, 46))
    assert [one.text.body for one in found] == [text.body for text in texts]
    assert [one.text.title for one in found] == [text.title for text in texts]
    assert [one.seen_at for one in found] == [NOON + n * MINUTE for n in range(45)]
    assert found[-1].text == texts[-1]
    assert found[0].text == replace(texts[0], links=())


def test_a_small_edit_costs_little_and_a_long_chain_is_cut(store, database):
    for n in range(41):
        place(store, draft("a", article_text(BODY.replace("pier 7", f"pier {n + 100}"))))
    rows = database.contents()["revision"]
    bodies = {row[1]: (row[13], row[14]) for row in rows}
    whole = [n for n, (body, _) in bodies.items() if body is not None]
    assert sorted(whole) == [20, 40, 41]
    assert all(len(delta) < 200 for body, delta in bodies.values() if body is None)


def test_an_article_that_is_not_there_has_no_versions(reader, store):
    assert reader.versions("a_none") == ()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=200), min_size=2, max_size=6, unique=True))
def test_any_texts_come_back(store, reader, texts):
    name, made = next(NAMES), []
    for text in texts:
        one = place(store, draft(f"n{name}", article_text(text)))
        made += [one.draft.text.body] if one.revision else []
    got = [one.text.body for one in reader.versions(draft(f"n{name}").article)]
    assert got == [body.encode("utf-8", "replace").decode() for body in made]
