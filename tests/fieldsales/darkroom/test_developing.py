"""Whatever is sent as a photo, it is shown upright and bare, or refused, and the server lives on."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from worlds.pictures import jpeg, read, shelf, written

from fieldsales.darkroom import developing
from fieldsales.darkroom.developing import DarkroomBusy, NotAPicture, develop

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@pytest.fixture
def look(tmp_path):
    """Develop bytes; return what was found, and the pictures that are shown."""

    def develop_them(data: bytes, content_type: str = "image/jpeg"):
        path = tmp_path / "photo"
        path.write_bytes(data)
        with develop(path, content_type) as found:
            return found, read(found.shown.read_bytes()), read(found.thumbnail.read_bytes())

    return develop_them


@pytest.mark.parametrize("kind", TYPES)
def test_a_photo_of_each_type_is_shown_as_jpeg_small_enough(look, kind):
    found, shown, thumbnail = look(written(shelf(1, (2600, 1300)), kind), TYPES[kind])
    assert (found.width, found.height, len(found.grey)) == (2600, 1300, 72)
    assert (shown.format, shown.size) == ("JPEG", (2048, 1024))
    assert (thumbnail.format, thumbnail.size) == ("JPEG", (320, 160))


def test_a_small_photo_is_not_made_larger(look):
    _, shown, thumbnail = look(jpeg(1, (100, 60)))
    assert shown.size == thumbnail.size == (100, 60)


def test_it_is_shown_upright_and_without_what_the_camera_wrote(look):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Acme"  # turned by 90 degrees
    found, shown, thumbnail = look(jpeg(1, (400, 200), exif=exif, comment=b"secret"))
    assert (found.width, found.height) == (400, 200)
    assert (shown.size, thumbnail.size) == ((200, 400), (160, 320))
    assert found.exif["Make"] == "Acme"
    assert not dict(shown.getexif())
    assert not shown.info.keys() & {"exif", "comment", "icc_profile", "xmp"}


def test_colours_of_another_profile_are_brought_to_srgb(look):
    grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("RGB", (50, 50), (200, 30, 30))
    _, shown, _ = look(written(image, "JPEG", icc_profile=grey))
    assert max(abs(a - b) for a, b in zip(shown.getpixel((25, 25)), (200, 30, 30), strict=True)) < 8
    _, damaged, _ = look(written(image, "JPEG", icc_profile=b"no profile"))
    assert damaged.size == (50, 50)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_to_store_colours_is_shown(look, mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    _, shown, _ = look(written(Image.new(mode, (40, 30)), kind), TYPES[kind])
    assert (shown.mode, shown.size) == ("RGB", (40, 30))


def test_a_phones_picture_with_a_depth_map_behind_it_is_a_jpeg(look):
    """Phones put further pictures into a JPEG (CIPA DC-007): Pillow calls that MPO."""
    both = io.BytesIO()
    shelf(1).save(both, "MPO", save_all=True, append_images=[shelf(2, (64, 48))])
    _, shown, _ = look(both.getvalue())
    assert shown.size == (640, 480)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a huge picture."""
    chunks = [(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(100_000)))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def webp_that_claims(side: int) -> bytes:
    """A WebP canvas of any size, in 30 bytes."""
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + (side - 1).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", len(body)) + body


def moving(kind: str) -> bytes:
    to = io.BytesIO()
    shelf(1, (64, 48)).save(to, kind, save_all=True, append_images=[shelf(2, (64, 48))])
    return to.getvalue()


PHOTO = jpeg(1)
REFUSED = {
    "a bomb of pixels": (png_that_claims(50_000, 50_000), "image/png", "the most"),
    "one pixel row too many": (png_that_claims(70_000, 1001), "image/png", "the most"),
    "a WebP bomb": (webp_that_claims(16_383), "image/webp", "announced as image/webp"),
    "cut off in the middle": (PHOTO[: len(PHOTO) // 2], "image/jpeg", "cannot be decoded"),
    "cut off in the header": (PHOTO[:30], "image/jpeg", "cannot be decoded"),
    "a PNG called JPEG": (written(shelf(1), "PNG"), "image/jpeg", "cannot be decoded"),
    "a GIF called PNG": (written(shelf(1), "GIF"), "image/png", "cannot be decoded"),
    "a moving PNG": (moving("PNG"), "image/png", "moves"),
    "a moving WebP": (moving("WEBP"), "image/webp", "moves"),
    "a program": (b"\x7fELF" + bytes(1000), "image/jpeg", "cannot be decoded"),
    "nothing but a signature": (b"\xff\xd8\xff\xe0", "image/jpeg", "cannot be decoded"),
    "a script": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/jpeg", "cannot be decoded"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused(look, name):
    data, content_type, why = REFUSED[name]
    with pytest.raises(NotAPicture, match=why):
        look(data, content_type)


def test_memory_is_bounded_whatever_the_header_says(look, monkeypatch, tmp_path):
    """A decoder that takes more than its share is refused the memory, not the machine."""
    greedy = tmp_path / "greedy.py"
    source = Path(developing.__file__).with_name("decoding.py").read_text()
    greedy.write_text(source.replace("image.load()", "bytearray(MOST_MEMORY)"))
    monkeypatch.setattr(developing, "_CHILD", greedy)
    with pytest.raises(NotAPicture, match="more memory"):
        look(PHOTO)


@pytest.mark.parametrize(
    ("ends_by", "told"),
    [("os.kill(os.getpid(), 9)", DarkroomBusy), ("os.abort()", NotAPicture), ("time.sleep(60)", DarkroomBusy)],
)
def test_a_decoder_that_dies_or_hangs_takes_nobody_along(look, monkeypatch, tmp_path, ends_by, told):
    child = tmp_path / "child.py"
    child.write_text(f"import os, time\n{ends_by}\n")
    monkeypatch.setattr(developing, "_CHILD", child)
    monkeypatch.setattr(developing, "MOST_SECONDS", 2)
    with pytest.raises(told):
        look(PHOTO)


@pytest.mark.parametrize(("size", "pieces"), [((2600, 1300), 5), ((640, 480), 5), ((256, 256), 1), ((300, 200), 0)])
def test_squares_of_the_picture_are_kept_to_be_looked_at(look, size, pieces):
    found, _, _ = look(jpeg(1, size))
    assert [len(each) for each in found.pieces] == [256 * 256 * 3] * pieces
