"""Pages in our own words, as small templates print them: for tests of `watcher.articles`."""

import json

from watcher.articles.blocks import flatten
from watcher.articles.extract import extract
from watcher.articles.tree import parse
from watcher.model.article import Extraction
from watcher.model.when import HOUR

NOON = 1_773_144_000_000_000  # 2026-03-10T12:00:00Z: when every page here was fetched
URL = "https://kronika.example/2026/03/10/ferry-returns-to-port"
TITLE = "Ferry returns to port after storm on the strait"

# Three paragraphs of an article in each language, over 80 words together.
TEXTS = {
    "en": (
        "The evening ferry turned back an hour after it had left the harbour, because the waves"
        " on the strait were higher than the captain was allowed to cross with passengers on"
        " board.",
        "Nobody was hurt, the harbour office said, but forty lorries had to wait on the quay"
        " until the morning, and the town opened the sports hall for the drivers and for two"
        " families with small children.",
        "The company expects the wind to drop on Thursday. It wants to sail twice on that day"
        " and will pay for every ticket that was not used, whichever office sold it.",
    ),
    "sq": (
        "Trageti i mbrëmjes u kthye mbrapsht një orë pasi kishte lënë portin, sepse dallgët në"
        " ngushticë ishin më të larta se sa i lejohej kapitenit të kalonte me udhëtarë në bord.",
        "Askush nuk u lëndua, tha zyra e portit, por dyzet kamionë u desh të prisnin në kalatë"
        " deri në mëngjes, kurse bashkia hapi palestrën për shoferët dhe për dy familje me"
        " fëmijë të vegjël.",
        "Kompania pret që era të bjerë të enjten. Atë ditë do të nisen dy udhëtime dhe do të"
        " paguhet çdo biletë që nuk u përdor, pavarësisht se cila zyrë e kishte shitur.",
    ),
    "de": (
        "Die Abendfähre kehrte eine Stunde nach der Abfahrt um, weil die Wellen in der Meerenge"
        " höher waren, als der Kapitän sie mit Fahrgästen an Bord durchqueren darf.",
        "Verletzt wurde niemand, teilte das Hafenamt mit, doch vierzig Lastwagen mussten bis"
        " zum Morgen am Kai warten, und die Stadt öffnete die Sporthalle für die Fahrer und für"
        " zwei Familien mit kleinen Kindern.",
        "Die Reederei rechnet damit, dass der Wind am Donnerstag nachlässt. An diesem Tag will"
        " sie zweimal fahren und jede nicht genutzte Karte erstatten, gleich welches Büro sie"
        " verkauft hat.",
    ),
    "fa": (
        "کشتی شامگاهی یک ساعت پس از ترک بندر بازگشت، زیرا موج‌های تنگه بلندتر از آن بود که"
        " ناخدا اجازه داشته باشد با مسافر از آن بگذرد.",
        "اداره بندر گفت کسی آسیب ندیده است، اما چهل کامیون ناچار شدند تا بامداد در اسکله بمانند"
        " و شهرداری سالن ورزشی را برای رانندگان و دو خانواده با کودکان خردسال باز کرد.",
        "شرکت کشتیرانی گمان می‌کند باد روز پنجشنبه آرام شود. در آن روز دو بار راهی خواهد شد و"
        " بهای هر بلیتی را که به کار نرفته است پس می‌دهد، هر دفتری که آن را فروخته باشد.",
    ),
    "ar": (
        "عادت عبّارة المساء بعد ساعة من مغادرتها الميناء، لأن الأمواج في المضيق كانت أعلى مما"
        " يُسمح للقبطان بعبوره وعلى متن السفينة ركاب.",
        "وقال مكتب الميناء إن أحدا لم يصب بأذى، غير أن أربعين شاحنة اضطرت إلى الانتظار على"
        " الرصيف حتى الصباح، وفتحت البلدية القاعة الرياضية للسائقين ولعائلتين معهما أطفال صغار.",
        "وتتوقع الشركة أن تهدأ الرياح يوم الخميس. وتريد أن تبحر مرتين في ذلك اليوم، وستدفع ثمن"
        " كل تذكرة لم تستعمل، أيا كان المكتب الذي باعها.",
    ),
    "ru": (
        "Вечерний паром вернулся через час после выхода из порта, потому что волны в проливе"
        " оказались выше, чем капитану разрешено пересекать с пассажирами на борту.",
        "Никто не пострадал, сообщило управление порта, но сорок грузовиков до утра ждали на"
        " причале, а город открыл спортивный зал для водителей и для двух семей с маленькими"
        " детьми.",
        "Компания ожидает, что ветер стихнет в четверг. В этот день она хочет выйти дважды и"
        " вернёт деньги за каждый неиспользованный билет, какая бы касса его ни продала.",
    ),
    "fr": (
        "Le ferry du soir a fait demi-tour une heure après avoir quitté le port, parce que les"
        " vagues du détroit étaient plus hautes que ce que le capitaine a le droit de franchir.",
        "Personne n’a été blessé, a dit le bureau du port, mais quarante camions ont dû"
        " attendre sur le quai jusqu’au matin, et la ville a ouvert le gymnase aux chauffeurs et"
        " à deux familles.",
        "La compagnie pense que le vent tombera jeudi. Elle veut partir deux fois ce jour-là et"
        " remboursera chaque billet qui n’a pas servi, quel que soit le guichet qui l’a vendu.",
    ),
    "es": (
        "El ferri de la tarde dio la vuelta una hora después de dejar el puerto, porque las"
        " olas del estrecho eran más altas de lo que el capitán puede cruzar con pasajeros a"
        " bordo.",
        "Nadie resultó herido, dijo la oficina del puerto, pero cuarenta camiones esperaron en"
        " el muelle hasta la mañana, y la ciudad abrió el polideportivo a los conductores y a"
        " dos familias con niños pequeños.",
        "La compañía espera que el viento baje el jueves. Ese día quiere zarpar dos veces y"
        " pagará cada billete que no se usó, sin importar qué oficina lo vendió.",
    ),
    "it": (
        "Il traghetto della sera è tornato indietro un’ora dopo aver lasciato il porto, perché"
        " le onde nello stretto erano più alte di quanto il comandante possa attraversare con"
        " passeggeri.",
        "Nessuno si è fatto male, ha detto l’ufficio del porto, ma quaranta camion hanno"
        " aspettato sulla banchina fino al mattino, e il comune ha aperto la palestra agli"
        " autisti e a due famiglie con bambini piccoli.",
        "La compagnia prevede che il vento cali giovedì. Quel giorno vuole partire due volte e"
        " pagherà ogni biglietto non usato, qualunque ufficio lo abbia venduto.",
    ),
    "pl": (
        "Wieczorny prom zawrócił godzinę po wyjściu z portu, ponieważ fale w cieśninie były"
        " wyższe, niż wolno kapitanowi przepłynąć z pasażerami na pokładzie.",
        "Nikt nie ucierpiał, podało biuro portu, ale czterdzieści ciężarówek musiało czekać na"
        " nabrzeżu do rana, a miasto otworzyło halę sportową dla kierowców i dla dwóch rodzin z"
        " małymi dziećmi.",
        "Firma spodziewa się, że wiatr osłabnie w czwartek. Tego dnia chce wypłynąć dwa razy i"
        " zwróci pieniądze za każdy niewykorzystany bilet, bez względu na to, która kasa go"
        " sprzedała.",
    ),
}
EN = TEXTS["en"]


def p(*texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def link(text, href="/2026/03/09/bridge-closed-for-repairs"):
    return f'<a href="{href}">{text}</a>'


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


def ld(**node):
    """A JSON-LD script with a NewsArticle of those properties."""
    stated = {"@context": "https://schema.org", "@type": "NewsArticle", **node}
    return f'<script type="application/ld+json">{json.dumps(stated, ensure_ascii=False)}</script>'


def page(
    *inside, title=TITLE, head="", lang="en", before="", after="", heading=True, container="article"
):
    """A page whose `<article>` holds the headline and `inside` (by default a text); `before` and
    `after` stand around the article in the body."""
    shown = f"<h1>{title}</h1>" if heading else ""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f"{head}</head><body>{before}<{container}>{shown}{''.join(inside or p(*EN))}</{container}>"
        f"{after}</body></html>"
    )


def read(markup, url=URL, headers=None, at=NOON):
    """The Extraction of a page that is expected to give one."""
    body = markup if isinstance(markup, bytes) else markup.encode()
    found = extract(body, url, headers or {}, at)
    assert isinstance(found, Extraction), found
    return found


def tree(markup, url=URL):
    made = parse(markup, url)
    assert made is not None
    return made


def blocks(markup):
    return flatten(tree(markup).root)


def paragraphs(found):
    return found.body.split("\n\n") if found.body else []


def links(found, role):
    return [link.text for link in found.links if link.role == role]


LATER = NOON + HOUR
