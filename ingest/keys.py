"""The secrets of a deployment: the key that hashes, and a key pair that seals dead letters, in all their versions."""

import contextlib
import hashlib
import os
import re
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

import nacl.exceptions
import nacl.public

from infra.settings import Settings


@dataclass(frozen=True, slots=True)
class Keys:
    """*hashing* makes fingerprints and replaces references; *dead_letters* seals what only one role may read.

    *retired* are the hashing keys before it, the oldest first: what they made is still known again.
    """

    hashing: bytes
    dead_letters: nacl.public.PublicKey
    version: int = 1
    retired: tuple[bytes, ...] = ()

    @property
    def check(self) -> str:
        return check_of(self.hashing)

    def seal(self, content: bytes) -> bytes:
        return nacl.public.SealedBox(self.dead_letters).encrypt(content)


def check_of(hashing: bytes) -> str:
    """A digest by which a database knows a hashing key without holding it."""
    return hashlib.blake2b(b"key check", key=hashing, digest_size=16).hexdigest()


def keys_folder(settings: Settings) -> Path:
    return settings.keys / settings.deployment.name


def read_keys(settings: Settings) -> Keys:
    """The newest keys of the deployment; made the first time, kept outside the database, for the owner's eyes only.

    Which hashing key is in force is the database's word: see key_versions.keys_in_force.
    """
    folder = keys_folder(settings)
    if not (folder / "dead_letters.public").exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _keep(folder / "hashing", secrets.token_bytes(32))
        _make_pair(folder, 1)
    hashing = read_hashing(settings)
    newest = max(hashing)
    return Keys(hashing[newest], _newest_public(settings), newest)


def with_newest_seal(keys: Keys, settings: Settings) -> Keys:
    """*keys* with the pair that seals now: the private key of an older one may be deleted any day."""
    return replace(keys, dead_letters=_newest_public(settings))


def _newest_public(settings: Settings) -> nacl.public.PublicKey:
    return nacl.public.PublicKey(versions(keys_folder(settings), "dead_letters.public").popitem()[1].read_bytes())


def read_hashing(settings: Settings) -> dict[int, bytes]:
    """All hashing keys that lie in the folder, by version."""
    return {version: path.read_bytes() for version, path in versions(keys_folder(settings), "hashing").items()}


def versions(folder: Path, name: str) -> dict[int, Path]:
    """The files of a key, the oldest first: the first version has the bare name, later ones end with their number."""
    pattern = re.compile(re.escape(name) + r"(?:\.([1-9][0-9]*))?")
    found = {int(match[1] or 1): path for path in folder.glob(f"{name}*") if (match := pattern.fullmatch(path.name))}
    return dict(sorted(found.items()))


def make_hashing(settings: Settings, version: int) -> bytes:
    """The key of a new version; that of an attempt that was broken off stays, nothing was written with it."""
    path = keys_folder(settings) / f"hashing.{version}"
    _keep(path, secrets.token_bytes(32))
    return path.read_bytes()


def make_dead_letter_pair(settings: Settings) -> int:
    """A new pair, to which new dead letters are sealed; its version."""
    folder = keys_folder(settings)
    version = max(versions(folder, "dead_letters.public")) + 1
    _make_pair(folder, version)
    return version


def open_sealed(settings: Settings, sealed: bytes) -> bytes:
    """The bytes of a dead letter, for the role that holds the private key of its time."""
    folder = keys_folder(settings)
    version = version_of(settings, sealed)
    return _opened(versions(folder, "dead_letters.private").get(version, folder / "dead_letters.private"), sealed)


def version_of(settings: Settings, sealed: bytes) -> int:
    """Of the pair that a dead letter is sealed to; 1 when no private key here opens it."""
    for version, path in reversed(versions(keys_folder(settings), "dead_letters.private").items()):
        with contextlib.suppress(nacl.exceptions.CryptoError):
            _opened(path, sealed)
            return version
    return 1


def _opened(private: Path, sealed: bytes) -> bytes:
    return nacl.public.SealedBox(nacl.public.PrivateKey(private.read_bytes())).decrypt(sealed)


def _make_pair(folder: Path, version: int) -> None:
    """The public key is that of the private one that stayed, be it another process's or of an attempt broken off."""
    ending = "" if version == 1 else f".{version}"
    _keep(folder / f"dead_letters.private{ending}", bytes(nacl.public.PrivateKey.generate()))
    private = nacl.public.PrivateKey((folder / f"dead_letters.private{ending}").read_bytes())
    _keep(folder / f"dead_letters.public{ending}", bytes(private.public_key))


def _keep(path: Path, content: bytes) -> None:
    """Write a new secret; one that another process has just made stays."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    partial.touch(mode=0o600)
    partial.write_bytes(content)
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
