"""The contract with publishers (spec `polling` §5), every check by its number, held by watcher."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from tests.conformance.checks.all import CHECKS
from tests.conformance.drivers.base import Ability, NotApplicable
from tests.conformance.drivers.watcher import Watcher
from tests.conformance.trial import Numbered, Trial

# Checks that watcher does not meet yet, and for whom they wait.
WAITING: dict[int, str] = {}


def _test(one: Numbered) -> Callable[[Path], None]:
    def test(tmp_path: Path) -> None:
        with Trial(Watcher, tmp_path) as trial:
            try:
                one.run(trial)
            except NotApplicable as reason:
                pytest.fail(f"watcher must be able to answer this: {reason}")

    test.__doc__ = one.title
    if one.number in WAITING:
        return pytest.mark.xfail(strict=True, reason=WAITING[one.number])(test)
    return test


def test_every_check_of_the_contract_is_there() -> None:
    assert sorted(CHECKS) == [*range(1, 64), *range(69, 73)]


def test_watcher_can_be_asked_everything() -> None:
    assert set(get_args(Ability)) == Watcher.can


for _one in CHECKS.values():
    globals()[f"test_{_one.slug}"] = _test(_one)
