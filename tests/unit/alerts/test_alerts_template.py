"""Templates of the user's: they say what is asked, and can hurt nobody."""

import json

import pytest
from tests.support.mails import copied, english, payload, persian

from watcher.alerts.notice import notice
from watcher.alerts.template import MOST_OUTPUT, MOST_SOURCE, Template, TemplateFault
from watcher.alerts.variables import NAMES, SAMPLE, variables

ONE = payload(english(), **copied(english()))


def said(source, shape=None):
    return Template(source).render(shape or ONE)


def fault(source, shape=None):
    with pytest.raises(TemplateFault) as raised:
        said(source, shape)
    return raised.value


def test_the_payload_and_short_names_can_be_used():
    assert said("{{ topic }}: {{ title }} ({{ outlet }})") == (
        "harbour-police: Police close the northern quay of Durrës (Kronika e Bregut)"
    )
    assert said("{{ data['items'][0].title }}|{{ item._watcher.story.id }}|{{ id }}") == (
        f"{ONE['data']['items'][0]['title']}|s_1|{ONE['id']}"
    )
    assert said("{% for one in hits %}<{{ one }}>{% endfor %}").count("*quay*") == 3
    assert said("{{ story.original.outlet }}; {{ authors | join(' and ') }}") == (
        "The Tirana Desk; Mira Dhima and Arben Kola"
    )


def test_a_body_of_json_is_made_with_tojson():
    source = '{"text": {{ title | tojson }}, "tags": {{ tags | tojson }}, "n": {{ 1 + 2 * 3 }}}'
    shape = payload(english(title='Quay "closed" \\ </script>\n'))
    assert json.loads(said(source, shape)) == {
        "text": shape["data"]["items"][0]["title"],
        "tags": [],
        "n": 7,
    }


def test_templates_written_for_changedetection_io_go_on_working():
    shape = json.loads(json.dumps(ONE))
    shape["data"]["items"][0]["_watcher"]["revision"] = {
        "n": 2,
        "diff": [{"op": "-", "text": "Three ships."}, {"op": "+", "text": "Four ships."}],
    }
    source = "{{watch_url}} had a change.\n---\n{{diff}}\n---\n{{ watch_tag }} {{ diff_added }}"
    assert said(source, shape) == (
        f"{ONE['data']['items'][0]['url']} had a change.\n---\n- Three ships.\n+ Four ships.\n"
        "---\nharbour-police Four ships."
    )
    for name in (
        *("watch_uuid", "watch_title", "base_url", "preview_url", "diff_url", "diff_removed"),
        *("diff_full", "diff_patch", "current_snapshot", "triggered_text"),
    ):
        assert name in NAMES


def test_what_is_missing_is_nothing_and_breaks_nothing():
    shape = json.loads(notice("d_1", "channel_test", "al_1", "Hello.", 0, "desk"))
    assert (
        said("[{{ summary }}{{ story.original.outlet }}{{ item.nothing.at.all }}]", shape) == "[]"
    )
    assert said("{{ text }}", shape) == "Hello."
    assert set(variables(shape)) == set(variables(SAMPLE)) == NAMES


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a\nb {{ title", 2, "end"),
        ("{% for x in items %}", 1, "end"),
        ("\n\n{{ titel }}", 3, "no name 'titel'"),
        ("{{ title | shout }}", 1, "no filter 'shout'"),
        ("{% if title is nice %}{% endif %}", 1, "no test 'nice'"),
        ("\n{% include 'x' %}", 2, "include"),
        ("{% extends 'x' %}", 1, "extends"),
        ("{% import 'x' as x %}", 1, "import"),
        ("x" * (MOST_SOURCE + 1), None, "characters"),
        ("{{ " + "9" * 5_000 + " }}", None, "read"),
    ],
)
def test_a_bad_template_is_refused_before_anything_is_sent_with_its_line(source, line, words):
    with pytest.raises(TemplateFault) as raised:
        Template(source)
    assert words in raised.value.message
    assert raised.value.line == line


def test_a_misspelt_name_is_answered_with_the_right_one():
    assert fault("{{ titel }}").suggestion == "title"
    assert fault("{{ title | uper }}").suggestion == "upper"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ title.format(title) }}",
        "{{ '%s' % title }}",
        "{{ '{0.__class__}'.format(title) }}",
        "{{ ''|attr('__class__') }}",
        "{{ loop._iterable }}",
        "{{ items.append(1) }}",
        "{{ payload.clear() }}",
        "{{ payload.update(a=1) }}",
        "{{ range.__self__ }}",
        "{{ dict.fromkeys(range(9)) }}",
        "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
        "{{ self.__init__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum() }}",
    ],
)
def test_nothing_is_reached_that_is_not_in_the_lists(source):
    before = json.dumps(ONE)
    try:
        assert "class" not in (out := said(source))
        assert "<" not in out
        assert out in {"", "()"}
    except TemplateFault:
        pass
    assert json.dumps(ONE) == before


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(60000) %}{% for b in range(60000) %}{% endfor %}{% endfor %}",
        "{% for a in range(10**9) %}{% endfor %}",
        "{{ range(10**12) | list }}",
        "{{ 'a' * 10**9 }}",
        "{{ 9 ** 99 }}",
        "{{ [0] * 10**9 }}",
        "{{ 'a' ~ 'b' * 10**9 }}",
        "{% set ns = namespace(a='aaaaaaaaaa') %}"
        "{% for x in range(99) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}{{ ns.a | length }}",
        "{% set ns = namespace(a='aaaaaaaaaa') %}"
        "{% for x in range(99) %}{% set ns.a = ns.a + ns.a %}{% endfor %}{{ ns.a | length }}",
        "{% set ns = namespace(a='aaaaaaaaaa') %}"
        "{% for x in range(99) %}{% set ns.a = ns.a | replace('a', ns.a) %}{% endfor %}",
        "{% set ns = namespace(a=['aaaaaaaaaa']) %}"
        "{% for x in range(99) %}{% set ns.a = [ns.a | join, ns.a | join] %}{% endfor %}",
        "{% set x %}{% for a in range(19000) %}" + "z" * 1_000 + "{% endfor %}{% endset %}",
        "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(40) }}",
        "{% for a in [[[]]] recursive %}{{ loop([a]) }}{% endfor %}",
        "{{ 'a'.ljust(10**9) }}",
        "{{ 'a' | center(10**9) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'a' | indent(10**9) }}",
        "{{ items[0].title.join(range(60000) | map('string')) }}",
        "{% for a in range(19000) %}{{ text | upper | lower | title }}{% endfor %}",
    ],
)
def test_a_template_that_runs_for_ever_or_grows_without_bound_ends_as_a_fault(source):
    assert fault(source).message


def test_a_large_output_that_is_within_the_bound_comes_whole():
    assert len(said("{% for a in range(600) %}" + "z" * 100 + "{% endfor %}")) == 60_000
    assert fault("{% for a in range(700) %}" + "z" * 100 + "{% endfor %}").message == (
        f"the template writes more than {MOST_OUTPUT:,} characters"
    )


def test_after_a_fault_the_next_rendering_has_its_own_purse():
    assert fault("{% for a in range(19000) %}x{% endfor %}")
    one = Template("{% for a in range(9000) %}x{% endfor %}")
    assert [len(one.render(ONE)) for _ in range(3)] == [9_000] * 3


@pytest.mark.parametrize("nasty", ["{{ 7 * 7 }}", "{{''.__class__}}", "%(x)s", "{0.__class__}"])
def test_what_a_publisher_writes_is_never_read_as_a_template(nasty):
    shape = payload(english(title=nasty))
    assert said("{{ title }}", shape) == nasty


def test_a_persian_text_comes_through():
    assert "اسکله" in said("{{ title }}", payload(persian()))
