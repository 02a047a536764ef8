"""Photo bytes lie under their own digest, in a folder or an object store."""

from __future__ import annotations

import pytest

from fieldsales.errors import BadSetting
from fieldsales.storage import BytesMissing, StorageUnavailable, open_storage

SHA = "ab" * 32


@pytest.fixture(params=["", "memory:///"])
def storage(request, tmp_path):
    """A store in the data folder, and one of objects."""
    return open_storage(request.param, tmp_path)


@pytest.fixture
def picture(tmp_path):
    """A file to store."""
    path = tmp_path / "picture"
    path.write_bytes(b"bytes" * 1000)
    return path


def test_what_was_stored_comes_back(storage, picture):
    assert not storage.exists(SHA)
    storage.put(SHA, picture)
    storage.put(SHA, picture)
    assert storage.exists(SHA)
    assert storage.get(SHA) == picture.read_bytes()


def test_what_was_not_stored_is_missing(storage):
    with pytest.raises(BytesMissing):
        storage.get(SHA)


def test_a_folder_is_opened_again_after_a_restart(tmp_path, picture):
    open_storage("", tmp_path).put(SHA, picture)
    assert open_storage("", tmp_path).get(SHA) == picture.read_bytes()


def test_a_folder_that_cannot_be_written_to_says_so(tmp_path, picture):
    storage = open_storage("", tmp_path)
    (tmp_path / "photos" / "ab").write_text("a file in the way")
    with pytest.raises(StorageUnavailable):
        storage.put(SHA, picture)


def test_an_address_that_is_none_is_a_setting_to_mend(tmp_path):
    with pytest.raises(BadSetting, match="nowhere"):
        open_storage("nowhere", tmp_path)
