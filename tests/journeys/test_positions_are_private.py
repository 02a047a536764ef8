"""A journey: a rep agrees, is tracked in the shift and no further, sees who looked, and takes it back."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import requests
from worlds.tracked_town import TERMS

from fieldsales.db.base import new_id
from fieldsales.db.session import transaction
from fieldsales.privacy.rules import TRACKING
from fieldsales.tracks.service import erase_expired

MINE, ACCESSES = "/api/v1/me/tracking", "/api/v1/reps/me/tracking/accesses"
HERE = {"lat": 38.24, "lon": 21.73, "accuracy_m": 8.0}


def sent(phone: Any) -> dict[str, Any]:
    last = phone.outbox[-1]["id"]
    phone.send()
    found: dict[str, Any] = phone.outcomes[last]
    return found


def looks(rep: Any) -> dict[tuple[str, str], int]:
    items = rep.call("GET", ACCESSES).json()["items"]
    return {(each["reader"], each["route"]): each["times"] for each in items}


def first_events(base: str, token: str, count: int) -> list[str]:
    """Listen for so many events; return their names."""
    found: list[str] = []
    headers = {"Authorization": f"Bearer {token}"}
    with requests.get(f"{base}/api/v1/events", headers=headers, stream=True, timeout=15) as answer:
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            found += [line.partition(": ")[2]] if line.startswith("event: ") else []
            if len(found) == count:
                break
    return found


def test_a_rep_is_tracked_as_agreed_and_no_further(town: Any) -> None:
    boss, sara, anna = town.desk("max"), town.desk("sara"), town.phone("anna")
    policy = {"body": {**TRACKING.default, "otherwise": TERMS | {"keep_days": 30}}}
    boss("PUT", "/api/v1/policies/tracking", json=policy)

    # Nobody agreed: nothing is kept, and the visit stands.
    bakery = next(each for each in anna.all("customer") if each["name"] == "Bakery")
    visit = anna.check_in(bakery)
    anna.track([HERE | {"ago_ms": 0}])
    track = sent(anna)
    assert (track["status"], track["flags"]) == ("applied", ["points_without_consent"])
    assert [each["visit_id"] for each in sara("GET", "/api/v1/visits")["items"]] == [str(visit)]

    # Anna reads the text and agrees; the phone tells again, and another app beside it.
    text = anna.call("GET", MINE).json()
    assert (text["active"], text["keep_days"]) == (False, 30)
    assert anna.call("PUT", MINE, json={"agree": True, "version": text["version"]}).json()["active"]
    town.clock.pass_minutes(10)
    anna.track([HERE | {"ago_ms": 0}, HERE | {"ago_ms": 3600_000}])
    track = sent(anna)
    assert (track["result"]["new"], track["result"]["without_consent"]) == (1, 1)
    made = anna.call("POST", "/api/v1/me/trackers", json={"name": "OwnTracks"}).json()
    own = made["owntracks"]
    told = {"_type": "location", "lat": 38.25, "lon": 21.73, "tst": int(town.clock().timestamp()) - 60}
    answer = requests.post(own["url"], json=told, auth=(own["username"], own["password"]), timeout=10)
    assert (answer.status_code, answer.json()) == (200, [])

    # Who looks leaves a line, and Anna reads it.
    assert looks(anna) == {}
    sara("GET", "/api/v1/team/days/2026-03-02")
    sara("GET", "/api/v1/team/days/2026-03-02")
    driven = sara("GET", f"/api/v1/reps/{town.world.anna.id}/days/2026-03-02/driven.geojson")
    assert [each["properties"]["kind"] for each in driven["features"]] == ["visit", "track"]
    assert first_events(town.base, sara.token, 2) == ["resync", "position"]
    assert looks(anna) == {("Sara", "team_day"): 2, ("Sara", "driven.geojson"): 1, ("Sara", "events"): 1}
    assert town.desk("ben")("GET", ACCESSES)["items"] == []

    # After the shift nothing is kept.
    town.clock.pass_minutes(5 * 60)
    anna.track([HERE | {"ago_ms": 0}])
    assert sent(anna)["flags"] == ["points_off_shift"]

    # Anna takes it back: nothing more is kept; what there is is told as a file, and erased in time.
    assert not anna.call("PUT", MINE, json={"agree": False}).json()["active"]
    anna.track([HERE | {"ago_ms": 5 * 3600_000}])
    assert sent(anna)["result"]["new"] == 0
    whole = anna.call("GET", "/api/v1/reps/me/tracking/export.zip").content
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        sources = [each["properties"]["source"] for each in json.loads(file.read("positions.geojson"))["features"]]
        words = [each["given"] for each in json.loads(file.read("consents.json"))]
    assert (sources, words) == (["owntracks", "app"], [True, False])
    with transaction(town.engine) as session:
        assert erase_expired(session, town.clock() + timedelta(days=29)).points == 0
        assert erase_expired(session, town.clock() + timedelta(days=31)).points == 2
    assert anna.call("GET", MINE).json()["points"] == 0


def test_who_reads_a_track_that_waits_for_a_decision_is_written_down(town: Any) -> None:
    sara, anna = town.desk("sara"), town.phone("anna")
    anna.call("PUT", MINE, json={"agree": True, "version": anna.call("GET", MINE).json()["version"]})
    anna.track([HERE | {"ago_ms": 0}])
    track = anna.outbox[-1]
    track["after"] = [str(new_id())]
    assert sent(anna)["status"] == "held"
    case = sara("GET", f"/sync/v1/review/{track['id']}")
    assert len(case["mutation"]["payload"]["data"]["points"]) == 1
    assert looks(anna) == {("Sara", "review"): 1}
