"""`export`: what other programs can make use of."""

from __future__ import annotations

from pathlib import Path

from tests.cli.support import Cli


def test_list_pages_are_no_feeds_for_others_and_are_left_out_of_the_list(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "config.yaml").write_text(
        "feeds:\n  - https://a.example/feed\n  - {url: https://b.example/news, page: auto}\n"
    )
    done = cli("export", "opml")
    assert done.status == 0
    assert "https://a.example/feed" in done.out
    assert "https://b.example/news" not in done.out
    assert "1 list page is left out" in done.err
