"""``textmill verify``: whatever wrote the folder, what is wrong with it."""

from __future__ import annotations

from ..export.export import verify_export
from ..mixing.account import verify_mix
from ..output.manifest import load_manifest
from ..output.verify import verify


def verify_folder(folder: str) -> list[str]:
    """Say what is wrong with the folder of a run, a mix or an export; nothing when all is well.

    Raises:
        InputError: when the folder has no manifest.
    """
    manifest = load_manifest(folder)
    if "mix" in manifest:
        return verify_mix(folder, manifest)
    return verify_export(folder, manifest) if "export" in manifest else verify(folder)
