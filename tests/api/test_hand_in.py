"""The door for who is locked out takes any token of ours, however old, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask_jwt_extended import create_access_token, create_refresh_token, decode_token
from worlds.phone import TestPhone
from worlds.web import Web

from sync.batch import Phone


def old_token(web: Web, kind: str) -> str:
    """A token of Anna's device that expired long ago."""
    long_ago = timedelta(days=-400)
    tokens = web.anna.tokens
    with web.app.app_context():
        if kind == "refresh":
            named = {"jti": decode_token(tokens.refresh_token)["jti"]}
            return create_refresh_token(str(web.people["anna"]), long_ago, named)
        said = decode_token(tokens.access_token)
        return create_access_token(
            str(web.people["anna"]), expires_delta=long_ago, additional_claims={"dev": said["dev"], "fam": said["fam"]}
        )


def hand_in(web: Web, token: str) -> Any:
    app = TestPhone(Phone(web.people["anna"], web.anna.tokens.device_id), "phone-of-anna", web.now)
    app.check_in(web.customers["Bakery"])
    headers = {"Authorization": f"Bearer {token}"}
    return web.app.test_client().post("/sync/v1/hand-in", json=app.body(), headers=headers)


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_token_that_expired_long_ago_still_proves_whose_device_it_is(small_web: Web, kind: str) -> None:
    token = old_token(small_web, kind)
    assert hand_in(small_web, token).json["code"] == "auth.still_in"
    small_web.sara.post(f"/api/v1/devices/{small_web.anna.tokens.device_id}/revoke")
    assert [each["status"] for each in hand_in(small_web, token).json["results"]] == ["held"]
    pushed = small_web.app.test_client().post("/sync/v1/mutations", headers={"Authorization": f"Bearer {token}"})
    assert pushed.json["code"] == "auth.token_expired", "the usual door is shut"
