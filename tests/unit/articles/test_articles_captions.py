import pytest
from tests.support.pages import EN, TITLE, meta, p, page, paragraphs, read

from watcher.articles.captions import read as read_caption
from watcher.model.article import Caption


@pytest.mark.parametrize(
    ("text", "said", "credit"),
    [
        ("The quay at night.", "The quay at night.", None),
        ("The quay at night. Photo: LSA", "The quay at night.", "LSA"),
        ("The quay at night (Photo: Ana Doe)", "The quay at night", "Ana Doe"),
        ("The quay at night | Photo: Ana Doe/LSA", "The quay at night", "Ana Doe/LSA"),
        ("The quay at night. Photo by Ana Doe.", "The quay at night.", "Ana Doe"),
        ("The quay at night. Image: LSA", "The quay at night.", "LSA"),
        ("Kalata natën. Foto: LSA", "Kalata natën.", "LSA"),
        ("Kalata natën. Foto nga Arta Hoxha", "Kalata natën.", "Arta Hoxha"),
        ("Der Kai bei Nacht. Foto: dpa", "Der Kai bei Nacht.", "dpa"),
        ("Der Kai bei Nacht. Bild: Keystone", "Der Kai bei Nacht.", "Keystone"),
        ("اسکله در شب. عکس: مینا راد", "اسکله در شب.", "مینا راد"),
        ("الرصيف ليلا. تصوير: ليلى حداد", "الرصيف ليلا.", "ليلى حداد"),
        ("Причал ночью. Фото: ТАСС", "Причал ночью.", "ТАСС"),
        ("Le quai la nuit. Crédit photo : Anne Roux", "Le quai la nuit.", "Anne Roux"),
        ("The quay at night © Ana Doe", "The quay at night", "Ana Doe"),
        ("The quay at night. Ana Doe/AFP", "The quay at night.", "Ana Doe/AFP"),
        ("  The \n quay  ", "The quay", None),
    ],
)
def test_a_captions_credit_is_split_off(text, said, credit):
    assert read_caption(text) == Caption(said, credit)


@pytest.mark.parametrize("text", ["", "  ", "Photo: LSA", "© LSA", "x" * 1_201])
def test_what_says_nothing_is_no_caption(text):
    assert read_caption(text) is None


def test_a_picture_that_the_sentence_is_about_is_no_credit():
    text = "A photo of the quay: empty at noon, full of lorries at night"
    assert read_caption(text) == Caption(text)


@pytest.mark.parametrize(
    "figure",
    [
        "<figure><img src=a.jpg><figcaption>{}</figcaption></figure>",
        '<div class="wp-caption"><img src=a.jpg><p class="wp-caption-text">{}</p></div>',
        '<div class="image"><img src=a.jpg><div class="image-caption">{}</div></div>',
        '<p><img src=a.jpg><span class="photo-caption">{}</span></p>',
        '<div><img src=a.jpg><p class="article__caption">{}</p></div>',
        '<dl class="wp-caption"><dt><img src=a.jpg></dt><dd class="wp-caption-dd">{}</dd></dl>',
    ],
)
def test_a_caption_stands_apart_and_never_in_the_body(figure):
    shown = figure.format("The quay after the storm, with the lorries that had to wait. Photo: LSA")
    found = read(page(p(EN[0]), shown, p(*EN[1:])))
    assert found.captions == (
        Caption("The quay after the storm, with the lorries that had to wait.", "LSA"),
    )
    assert paragraphs(found) == list(EN)


def test_a_credit_in_an_element_of_its_own_joins_its_caption():
    figure = (
        "<figure><img src=a><figcaption>The quay at noon. <span class='photo-credit'>Photo: LSA"
        "</span></figcaption></figure>"
    )
    assert read(page(p(EN[0]), figure, p(*EN[1:]))).captions == (
        Caption("The quay at noon.", "LSA"),
    )


@pytest.mark.parametrize("name", ["c-media__credit", "photo-credit", "image-copyright", "credit"])
@pytest.mark.parametrize(
    ("said", "credit"), [("Ana Doe/Kronika", "Ana Doe/Kronika"), ("Photo: Ana Doe", "Ana Doe")]
)
def test_a_credit_that_its_class_marks_is_split_off_whatever_its_words(name, said, credit):
    figure = (
        "<figure><img src=a><figcaption><span>The quay at noon.</span>"
        f' <span class="{name}">{said}</span></figcaption></figure>'
    )
    found = read(page(p(EN[0]), figure, p(*EN[1:])))
    assert found.captions == (Caption("The quay at noon.", credit),)


def test_a_caption_that_is_all_credit_by_its_class_stays_a_caption():
    figure = '<figure><figcaption class="credit">The quay at noon</figcaption></figure>'
    assert read(page(p(EN[0]), figure, p(*EN[1:]))).captions == (Caption("The quay at noon"),)


def test_captions_come_in_page_order_each_once():
    shown = "<figure><img src=a><figcaption>{}</figcaption></figure>"
    inside = [shown.format(text) for text in ("The lead.", "The quay.", "The lead.")]
    found = read(page(inside[0], p(EN[0]), inside[1], p(EN[1]), inside[2], p(EN[2])))
    assert [caption.text for caption in found.captions] == ["The lead.", "The quay."]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "<aside><figure><figcaption>Somebody else’s picture</figcaption></figure></aside>",
        "<footer><figure><figcaption>Somebody else’s picture</figcaption></figure></footer>",
        "<article><figure><figcaption>Somebody else’s picture</figcaption></figure></article>",
        "<div id=comments><figure><figcaption>Somebody else’s picture</figcaption></figure></div>",
    ],
)
def test_pictures_of_other_articles_are_not_ours(elsewhere):
    inside = (p(*EN), elsewhere) if elsewhere.startswith("<article>") else (p(*EN),)
    after = "" if elsewhere.startswith("<article>") else elsewhere
    assert read(page(*inside, after=after)).captions == ()


def test_without_a_marked_article_only_pictures_near_the_text_are_ours():
    def figure(text):
        return f"<figure><img src=a><figcaption>{text}</figcaption></figure>"

    far = "".join(f"<h4>Heading {n}</h4>" for n in range(20))
    inside = (figure("Another story"), far, figure("The lead."), p(EN[0]), figure("The quay."))
    after = f"{far}{figure('The next story')}"
    found = read(page(*inside, p(*EN[1:]), container="div", after=after))
    assert [one.text for one in found.captions] == ["The lead.", "The quay."]


def test_a_paragraph_that_repeats_a_caption_is_left_out():
    caption = "The quay after the storm, with the lorries that had to wait."
    figure = f"<figure><img src=a><figcaption>{caption}</figcaption></figure>"
    found = read(page(figure, p(EN[0], caption, *EN[1:]), head=meta("og:type", "article")))
    assert paragraphs(found) == list(EN)


def test_each_of_many_pictures_has_its_own_caption():
    said = [f"Picture number {n} of the quay" for n in range(12)]
    shown = "".join(f"<figure><img src=a><figcaption>{text}</figcaption></figure>" for text in said)
    assert [one.text for one in read(page(shown, p(*EN))).captions] == said


@pytest.mark.parametrize(
    ("text", "said", "credit"),
    [
        ("El muelle de noche.Ana Doe (REUTERS)", "El muelle de noche.", "Ana Doe (REUTERS)"),
        ("El muelle de noche. Ana Doe (Getty)", "El muelle de noche.", "Ana Doe (Getty)"),
        (
            "El muelle de noche. Foto: Ana Doe | Vídeo: EPV",
            "El muelle de noche.",
            "Ana Doe | Vídeo: EPV",
        ),
        ("Le quai la nuit - Tous droits réservés © Ana Doe", "Le quai la nuit", "Ana Doe"),
        ("The quay at night. All rights reserved. © Ana Doe", "The quay at night", "Ana Doe"),
    ],
)
def test_a_credit_that_touches_the_sentence_and_reserved_rights_are_split_off(text, said, credit):
    assert read_caption(text) == Caption(said, credit)


def test_a_caption_that_only_says_the_headline_again_is_none():
    figure = "<figure><img src='a.jpg'><figcaption>{}</figcaption></figure>"
    assert read(page(figure.format(TITLE), p(*EN))).captions == ()
    assert read(page(figure.format("The quay at night."), p(*EN))).captions != ()


def test_what_an_audio_player_prints_is_no_caption():
    player = (
        '<div class="media"><div class="media-caption media-caption--audio">'
        '<div class="media-caption__title">The harbour master on the storm</div></div></div>'
    )
    assert read(page(player, p(*EN))).captions == ()
