"""A worker goes on while the database is away, and a single round does not hide that."""

from __future__ import annotations

import pytest

from fieldsales.cli.rounds import keep_on
from fieldsales.db.engine import DatabaseMissing


class EndOfTestError(Exception):
    """Stops a worker that would go on for ever."""


def test_a_worker_that_goes_on_outlives_a_database_that_is_away(capsys: pytest.CaptureFixture[str]) -> None:
    rounds = iter((DatabaseMissing("It is away."), None, EndOfTestError()))

    def once() -> None:
        if (wrong := next(rounds)) is not None:
            raise wrong

    with pytest.raises(EndOfTestError):
        keep_on(once, 0.001)
    assert capsys.readouterr().err == "fieldsales: It is away.  [database.unavailable]\n"


def test_a_single_round_fails_with_it() -> None:
    def once() -> None:
        raise DatabaseMissing("It is away.")

    with pytest.raises(DatabaseMissing):
        keep_on(once, None)
