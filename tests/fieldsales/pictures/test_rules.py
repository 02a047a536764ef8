"""A picture is known again after it was re-encoded, and nothing that a camera writes can break anything."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image
from worlds.pictures import read, shelf, written

from fieldsales.pictures import rules

HASHES = some.integers(-(2**63), 2**63 - 1)


def hashed(image):
    return rules.dhash(image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes())


@given(HASHES, some.sets(some.integers(0, 63), max_size=rules.ALIKE_BITS))
def test_hashes_within_the_threshold_share_a_band(one, flipped):
    other = one
    for place in flipped:
        other ^= 1 << place if place < 63 else -(1 << 63)
    assert rules.bits_apart(one, other) == len(flipped)
    assert set(rules.bands(one)) & set(rules.bands(other))


@given(some.binary(min_size=72, max_size=72))
def test_a_hash_fits_a_signed_column_of_64_bits(grey):
    found = rules.dhash(grey)
    assert found is None or -(2**63) <= found < 2**63


@pytest.mark.parametrize(
    "again",
    [
        lambda image: written(image, "JPEG", quality=40),
        lambda image: written(image, "WEBP", quality=60),
        lambda image: written(image.resize((320, 240)), "JPEG", quality=70),
        lambda image: written(image.crop((4, 3, 636, 477)), "JPEG", quality=85),
    ],
    ids=["poor JPEG", "WebP", "half the size", "edges cut off"],
)
def test_the_same_picture_is_known_again(again):
    images = [shelf(seed) for seed in range(40)]
    found = [rules.bits_apart(hashed(image), hashed(read(again(image)))) <= rules.ALIKE_BITS for image in images]
    assert sum(found) >= 38


def test_other_pictures_are_not_taken_for_it():
    found = [hashed(shelf(seed, (160, 120))) for seed in range(150)]
    apart = [rules.bits_apart(one, other) for at, one in enumerate(found) for other in found[:at]]
    assert min(apart) > rules.ALIKE_BITS


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_blank_wall_is_like_nothing(shade):
    assert rules.dhash(bytes([shade]) * 72) is None


def test_a_night_with_a_little_noise_is_like_nothing():
    assert rules.dhash(bytes((at * 7) % 3 for at in range(72))) is None


def test_a_miniature_of_another_size_is_a_mistake():
    with pytest.raises(ValueError, match="71 pixels"):
        rules.dhash(bytes(71))


def test_what_a_camera_wrote_is_read():
    told = rules.facts(
        {
            "DateTimeOriginal": "2026:03:02 14:01:07",
            "OffsetTimeOriginal": "+02:00",
            "GPSDateStamp": "2026:03:02",
            "GPSTimeStamp": [12.0, 1.0, 6.5],
            "GPSLatitude": [38.0, 14.0, 24.0],
            "GPSLatitudeRef": "N",
            "GPSLongitude": [21.0, 43.0, 12.0],
            "GPSLongitudeRef": "W",
            "Make": "Acme\x00",
            "Model": " Phone 3 ",
            "Orientation": 6.0,
        }
    )
    assert told == {
        "taken_at": "2026-03-02T14:01:07+02:00",
        "gps_at": "2026-03-02T12:01:06+00:00",
        "latitude": 38.24,
        "longitude": -21.72,
        "make": "Acme",
        "model": "Phone 3",
        "orientation": 6,
    }


ANYTHING = some.recursive(
    some.none() | some.text(max_size=25) | some.floats() | some.integers(-(10**20), 10**20),
    lambda inner: some.lists(inner, max_size=4),
    max_leaves=5,
)
TAGS = ["DateTimeOriginal", "OffsetTimeOriginal", "GPSDateStamp", "GPSTimeStamp", "GPSLatitude", "GPSLatitudeRef"]
TAGS += ["GPSLongitude", "GPSLongitudeRef", "Make", "Model", "Software", "Orientation"]


@given(some.dictionaries(some.sampled_from(TAGS), ANYTHING))
def test_no_exif_whatever_breaks_the_books(exif):
    told = rules.facts(exif)
    text = json.dumps(told, allow_nan=False)
    assert "\\u0000" not in text
    text.encode()
    assert -90 <= told.get("latitude", 0) <= 90
    assert math.isfinite(told.get("longitude", 0))
