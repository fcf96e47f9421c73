"""The secrets of a deployment: one key that hashes, and a key pair that seals dead letters."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import nacl.public

from infra.settings import Settings


@dataclass(frozen=True, slots=True)
class Keys:
    """*hashing* makes fingerprints and replaces references; *dead_letters* seals what only one role may read."""

    hashing: bytes
    dead_letters: nacl.public.PublicKey

    @property
    def check(self) -> str:
        """A digest by which a database knows the hashing key without holding it."""
        return hashlib.blake2b(b"key check", key=self.hashing, digest_size=16).hexdigest()

    def seal(self, content: bytes) -> bytes:
        return nacl.public.SealedBox(self.dead_letters).encrypt(content)


def keys_folder(settings: Settings) -> Path:
    return settings.home / "keys" / settings.deployment.name


def read_keys(settings: Settings) -> Keys:
    """The deployment's keys; made the first time, kept outside the database and readable by the owner only."""
    folder = keys_folder(settings)
    if not (folder / "dead_letters.public").exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _keep(folder / "hashing", secrets.token_bytes(32))
        _keep(folder / "dead_letters.private", bytes(nacl.public.PrivateKey.generate()))
        # Of the private key that stayed: it may be that of another process, or of an attempt that was broken off.
        private = nacl.public.PrivateKey((folder / "dead_letters.private").read_bytes())
        _keep(folder / "dead_letters.public", bytes(private.public_key))
    return Keys(
        hashing=(folder / "hashing").read_bytes(),
        dead_letters=nacl.public.PublicKey((folder / "dead_letters.public").read_bytes()),
    )


def open_sealed(settings: Settings, sealed: bytes) -> bytes:
    """The bytes of a dead letter, for the role that holds the private key."""
    private = nacl.public.PrivateKey((keys_folder(settings) / "dead_letters.private").read_bytes())
    return nacl.public.SealedBox(private).decrypt(sealed)


def _keep(path: Path, content: bytes) -> None:
    """Write a new secret; one that another process has just made stays."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_bytes(content)
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
