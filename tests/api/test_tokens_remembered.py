"""A token that was checked is remembered; that lets nobody in who should stay out."""

from __future__ import annotations

import time

import pytest
from worlds.web import Web

from api import tokens
from api.faults import TokenInvalid

ME = "/api/v1/me"


def _refuse() -> None:
    raise TokenInvalid("Checked.", mend="Log in again.")


def test_a_token_is_checked_once(small_web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    assert small_web.anna.get(ME).status_code == 200
    monkeypatch.setattr(tokens, "verify_jwt_in_request", _refuse)
    assert small_web.anna.get(ME).status_code == 200


def test_two_people_are_not_taken_for_each_other(small_web: Web) -> None:
    for _ in range(2):
        assert small_web.anna.get(ME).json["login"] == "anna"
        assert small_web.ben.get(ME).json["login"] == "ben"


def test_a_remembered_token_that_is_past_its_time_is_checked_again(
    small_web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of tokens is the machine's: remembering goes by the time in the token itself."""
    assert small_web.anna.get(ME).status_code == 200
    later = time.time() + small_web.app.config["JWT_ACCESS_TOKEN_EXPIRES"].total_seconds() + 1
    monkeypatch.setattr("api.tokens.time.time", lambda: later)
    monkeypatch.setattr(tokens, "verify_jwt_in_request", _refuse)
    assert small_web.anna.get(ME).json["code"] == "auth.token_invalid"


def test_a_remembered_token_of_a_revoked_device_is_refused(small_web: Web) -> None:
    assert small_web.anna.get(ME).status_code == 200
    assert small_web.sara.post(f"/api/v1/devices/{small_web.anna.tokens.device_id}/revoke").status_code == 200
    assert small_web.anna.get(ME).json["code"] == "auth.device_revoked"


def test_memory_does_not_grow_with_every_token(small_web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_REMEMBERED", 3)
    callers = [small_web.log_in("anna", f"phone {number}") for number in range(10)]
    assert [each.get(ME).status_code for each in callers + callers] == [200] * 20
    assert len(small_web.app.extensions[tokens._CHECKED]) <= 3
