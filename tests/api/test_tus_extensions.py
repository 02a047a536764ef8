"""The extensions of tus 1.0.0 that are offered, sentence by sentence, over a real socket: https://tus.io/protocols/resumable-upload

Each test is one row: what the protocol says a server MUST do (in a few places SHOULD), and a request that shows it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import requests
from worlds.tus_bench import Bench, Rows
from worlds.tus_phone import BYTES, FILES, named

MB = 1024 * 1024

ROWS = Rows()
must = ROWS.must


# -- creation -------------------------------------------------------------------------------------------------


@must("Creation MUST be acknowledged with 201, and Location MUST be the URL of the upload, absolute or relative.")
def an_upload_has_an_address(b: Bench) -> None:
    photo_id, picture = b.photo()
    made = b.phone.begin(photo_id, len(picture))
    assert made.status_code == 201
    assert re.fullmatch(rf"{FILES}/[0-9a-f-]{{36}}", made.headers["Location"])
    assert b.offset(made.headers["Location"]) == 0


@must("The request MUST include one of Upload-Length and Upload-Defer-Length.")
def some_length_is_told(b: Bench) -> None:
    photo_id, _ = b.photo()
    assert b.phone.ask("POST", FILES, {"Upload-Metadata": named(photo_id)}).status_code == 400


@must("Without creation-defer-length in Tus-Extension a deferred length is not taken.")
def lengths_are_not_deferred(b: Bench) -> None:
    photo_id, _ = b.photo()
    told = {"Upload-Metadata": named(photo_id), "Upload-Defer-Length": "1"}
    answer = b.phone.ask("POST", FILES, told)
    assert (answer.status_code, answer.json()["code"]) == (400, "upload.bad_header")


@must("If the length exceeds Tus-Max-Size, the Server MUST respond with 413.")
def too_large(b: Bench) -> None:
    photo_id, _ = b.photo()
    assert b.phone.begin(photo_id, 25 * MB + 1).status_code == 413


@must("Answers to HEAD MUST include Upload-Metadata as the Client specified it at the creation.")
def metadata_is_repeated(b: Bench) -> None:
    photo_id, picture = b.photo()
    told = f"filename d29ybGQucG5n,{named(photo_id)},is_confidential,empty "
    made = b.phone.begin(photo_id, len(picture), {"Upload-Metadata": told.strip()})
    assert b.phone.ask("HEAD", made.headers["Location"]).headers["Upload-Metadata"] == told.strip()


@must("Keys of Upload-Metadata MUST be unique and not empty, values MUST be Base64.")
def metadata_is_checked(b: Bench) -> None:
    photo_id, picture = b.photo()
    good = named(photo_id)
    for wrong in (f"{good},{good}", f"{good},,", f"{good},a b c", f"{good},a ***", "photo_id", ""):
        assert b.phone.begin(photo_id, len(picture), {"Upload-Metadata": wrong}).status_code == 400, wrong


# -- creation with upload -------------------------------------------------------------------------------------


@must("With creation-with-upload the answer to POST MUST include Upload-Offset: how much of it was taken.")
def the_first_bytes_come_along(b: Bench) -> None:
    for part in (10, None):
        photo_id, picture = b.photo()
        made = b.phone.begin(photo_id, len(picture), BYTES, data=picture[:part])
        assert (made.status_code, made.headers["Upload-Offset"]) == (201, str(len(picture[:part])))


@must("The Content-Type of a POST with bytes MUST be application/offset+octet-stream.")
def the_first_bytes_have_their_type(b: Bench) -> None:
    photo_id, picture = b.photo()
    assert b.phone.begin(photo_id, len(picture), {"Content-Type": "image/jpeg"}, data=picture).status_code == 415


# -- checksum -------------------------------------------------------------------------------------------------


def promised(piece: bytes, algorithm: str = "sha1") -> dict[str, str]:
    digest = base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()
    return {"Upload-Checksum": f"{algorithm} {digest}"}


@must("Tus-Checksum-Algorithm MUST be in the answer to OPTIONS, and the Server MUST support sha1.")
def algorithms_are_listed(b: Bench) -> None:
    told = requests.options(b.phone.base + FILES, timeout=10).headers["Tus-Checksum-Algorithm"]
    assert told.split(",") == ["sha1", "sha256"]
    for algorithm in told.split(","):
        place, picture = b.upload()
        assert b.phone.send(place, 0, picture, promised(picture, algorithm)).status_code == 204


@must("If the Client sends a header that cannot be read, the Server answers 400 rather than failing.")
def a_checksum_is_base64(b: Bench) -> None:
    photo_id, picture = b.photo()
    place = b.phone.begin(photo_id, len(picture)).headers["Location"]
    for wrong in ("sha1 \xe9", "sha1 ***", "sha1"):
        assert b.phone.send(place, 0, picture, {"Upload-Checksum": wrong}).status_code in {400, 460}


@must("If the checksum does not match, the Server MUST respond with 460 and the chunk MUST be discarded.")
def damaged_bytes_are_discarded(b: Bench) -> None:
    place, picture = b.upload()
    assert b.phone.send(place, 0, picture[:-1], promised(picture)).status_code == 460
    assert b.offset(place) == 0


@must("An algorithm that is not supported is answered with 400, and the offset MUST NOT be updated.")
def unknown_algorithms_are_refused(b: Bench) -> None:
    place, picture = b.upload()
    for wrong in ("md5 AAAA", "SHA1 AAAA", "sha1", "sha1 ***"):
        status = b.phone.send(place, 0, picture, {"Upload-Checksum": wrong}).status_code
        assert status in {400, 460}, wrong
    assert b.offset(place) == 0


# -- expiration, termination ----------------------------------------------------------------------------------


@must("Upload-Expires MUST be in every PATCH answer, and in that to POST; in the form of HTTP dates.")
def the_end_is_foretold(b: Bench) -> None:
    photo_id, picture = b.photo()
    made = b.phone.begin(photo_id, len(picture))
    for answer in (made, b.phone.send(made.headers["Location"], 0, picture[:9])):
        told = answer.headers["Upload-Expires"]
        assert told.endswith(" GMT")
        assert parsedate_to_datetime(told) > datetime.now(UTC)


@must("DELETE of an upload MUST be answered with 204; later requests with 404 or 410.")
def uploads_can_be_ended(b: Bench) -> None:
    place, picture = b.upload()
    b.phone.send(place, 0, picture[:9])
    ended = b.phone.ask("DELETE", place)
    assert (ended.status_code, ended.content) == (204, b"")
    for answer in (b.phone.ask("HEAD", place), b.phone.send(place, 9, b"x"), b.phone.ask("DELETE", place)):
        assert answer.status_code == 404


@pytest.mark.parametrize("sentence", ROWS)
def test_tus(sentence: str, bench: Bench) -> None:
    ROWS[sentence](bench)
