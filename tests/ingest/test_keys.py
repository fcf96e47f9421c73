"""The secrets of a deployment stay whole, whoever makes them and whatever stops it."""

import pytest

from infra.settings import read_settings
from ingest.keys import keys_folder, open_sealed, read_keys


@pytest.fixture
def settings(tmp_path):
    return read_settings({"PULSSI_HOME": str(tmp_path)})


@pytest.mark.parametrize("lost", ["dead_letters.public", "dead_letters.private"])
def test_what_is_sealed_can_be_opened_even_if_the_making_of_the_keys_was_broken_off(settings, lost):
    read_keys(settings)
    (keys_folder(settings) / "dead_letters.public").unlink()
    (keys_folder(settings) / lost).unlink(missing_ok=True)

    sealed = read_keys(settings).seal(b"bytes")

    assert open_sealed(settings, sealed) == b"bytes"


def test_only_the_owner_can_read_the_keys(settings):
    read_keys(settings)

    assert keys_folder(settings).stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in keys_folder(settings).iterdir()} == {0}


def test_the_keys_can_lie_elsewhere_than_the_data(tmp_path):
    settings = read_settings({"PULSSI_HOME": str(tmp_path / "data"), "PULSSI_KEYS": str(tmp_path / "safe")})

    read_keys(settings)

    assert sorted(path.name for path in (tmp_path / "safe" / "demo").iterdir()) == [
        "dead_letters.private",
        "dead_letters.public",
        "hashing",
    ]
    assert not (tmp_path / "data").exists()
