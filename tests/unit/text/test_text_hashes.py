from watcher.text.hashes import bytes_hash, text_hash
from watcher.text.names import squash
from watcher.text.tokens import tokens


def test_spellings_of_one_text_share_a_hash():
    assert text_hash("Durrës  raid", "“Police”") == text_hash("durres raid", '"police"')
    assert text_hash("13 people") != text_hash("15 people")


def test_a_word_moved_to_the_next_part_changes_the_hash():
    assert text_hash("a b", "c") != text_hash("a", "b c")


def test_bytes_hash_tells_bodies_apart():
    assert bytes_hash(b"a") == bytes_hash(b"a") != bytes_hash(b"A")


def test_an_outlet_is_one_name_with_or_without_blanks():
    assert squash("Balkan Insight") == squash("BALKANINSIGHT") == "balkaninsight"


def test_tokens_are_folded_words_in_order():
    assert tokens("The MEK’s camp, Durrës") == ["the", "mek", "s", "camp", "durres"]
    assert tokens(" ") == []
