"""``textmill verify``: whatever wrote the folder, what is wrong with it."""

from __future__ import annotations

from ..mixing.account import verify_mix
from ..output.manifest import load_manifest
from ..output.verify import verify


def verify_folder(folder: str) -> list[str]:
    """Say what is wrong with the folder of a run or a mix; nothing when all is well.

    Raises:
        InputError: when the folder has no manifest.
    """
    manifest = load_manifest(folder)
    return verify_mix(folder, manifest) if "mix" in manifest else verify(folder)
