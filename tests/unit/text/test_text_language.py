import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.language import canonical_tag, guess_by_script


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("en_US.UTF-8", "en-US"),
        (" sq-al ", "sq-AL"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("zh-cmn-Hans", "zh-Hans"),
        ("es-419", "es-419"),
        ("de-de-1996", "de-DE-1996"),
        ("en-US-u-ca-gregory-x-a1", "en-US"),
        ("iw", "he"),
        ("und", None),
        ("x-default", None),
        ("English", None),
        ("en,fr", None),
        ("", None),
        (None, None),
        ("{{lang}}", None),
    ],
)
def test_a_tag_is_brought_to_its_usual_form_or_refused(tag, wanted):
    assert canonical_tag(tag) == wanted


@given(st.text())
def test_a_canonical_tag_is_its_own_canonical_form(tag):
    once = canonical_tag(tag)
    assert canonical_tag(once) == once


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "پلیس آلبانی به اردوگاه سازمان در نزدیکی شهر دورس یورش برد و چند نفر زخمی شدند",
            "fa",
        ),
        ("داهمت الشرطة الألبانية معسكر المنظمة قرب مدينة دوريس يوم الثلاثاء", "ar"),
        ("پولیس نے البانیہ میں کیمپ پر چھاپہ مارا اور کئی افراد زخمی ہوئے", "ur"),
        ("Поліція Албанії увійшла до табору, її речник підтвердив", "uk"),
        ("Полиција је ушла у камп, а ћерка и ђак су били тамо", "sr"),
        ("Полиция Албании вошла в лагерь оппозиции", None),
        ("Policia shqiptare hyri në kampin e çadrave në Durrës", None),
        ("The Albanian police entered the camp", None),
        ("アルバニアの警察は水曜日にキャンプを捜索した", "ja"),
        ("阿尔巴尼亚警方周二突击搜查了都拉斯附近的营地", "zh"),
        ("Η αστυνομία της Αλβανίας", "el"),
        ("The paper گاردین printed the word چاپ and پژوهش in an English text", None),
        ("", None),
    ],
)
def test_only_letters_that_decide_name_a_language(text, wanted):
    assert guess_by_script(text) == wanted
