"""Publish a finished folder as a data set repository of the Hugging Face Hub, or of a server that speaks like it."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import AccountingError, InputError, TextmillError
from ..files.storage import local_path
from ..output.croissant import CROISSANT
from ..output.data_card import DATA_CARD
from ..output.manifest import MANIFEST, load_manifest
from ..output.report import REPORT
from .verify import verify_folder

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

DATA_FOLDERS = ("shards", "held_out", "ledger", "removed", "quarantine")
PUBLISHED = ("shards", "held_out", "ledger")
"""What is published unless something else is asked for: what was removed, or could not be read, may be what nobody
should see."""
OWN_FILES = re.compile(r"(?i)(licen[sc]e|notice|citation)(\.[a-z]+)?")
"""Files that users put beside, which belong to what they publish."""
UPLOADED_AT_A_TIME = 50
COMMITTED_AT_A_TIME = 1_000
HTTP_CLIENTS = ("httpx", "httpcore", "requests", "urllib3")
"""Libraries that huggingface_hub speaks HTTP by, one or another in each version."""
REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
TOKEN = re.compile(r"[!-~]+")


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What was published."""

    repository: str
    revision: str
    files: int
    """In the repository that belong to the folder."""
    removed_files: int
    """Of earlier folders, which are no longer there."""
    url: str


def push(
    folder: str,
    repository: str,
    *,
    token: str | None = None,
    private: bool | None = None,
    revision: str | None = None,
    folders: Sequence[str] | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Pushed:
    """Publish the folder of a run, mix or export; the same command again goes on where it was interrupted.

    The folder is verified first. Data that have arrived are not sent again; the repository changes when all are there,
    and data files of an earlier push that this folder does not have are deleted in it.

    Args:
        folder: A finished run, mix or export, on the local disk.
        repository: ``owner/name``; made where it is not there.
        token: One that may write; else ``HF_TOKEN``, or what ``hf auth login`` has stored.
        private: Whether a repository that is made here is private; None leaves it to the owner's settings.
        revision: A branch, made where it is not there; main by default.
        folders: Which folders of data; shards, held_out and ledger by default.
        on_progress: Told what is done.

    Raises:
        InputError: for a wrong name, a missing or refused token, or a folder that is elsewhere.
        AccountingError: when the folder does not verify.
        TextmillError: when the server does not do what it should.
    """
    local = local_path(folder)
    if local is None:
        raise InputError(f"{folder} is in another store; copy it to the local disk, and push it from there")
    if not REPOSITORY.fullmatch(repository):
        raise InputError(f"a repository is called owner/name, not {repository!r}")
    manifest = load_manifest(folder)
    names = _files(local, manifest, folders)
    try:
        import huggingface_hub
    except ImportError as error:
        raise InputError(f"push needs a library: pip install 'textmill[hf]' ({error})") from error
    token = (token or huggingface_hub.get_token() or "").strip()
    if not token:
        raise InputError("no token: set HF_TOKEN to one that may write, give --token, or use `hf auth login`")
    if not TOKEN.fullmatch(token):  # what it is must not stand in an error
        raise InputError("the token holds spaces, line ends or other characters that none has; copy it again")
    on_progress(f"verifying {folder}")
    problems = verify_folder(folder)
    if problems:
        raise AccountingError(
            f"{folder} does not verify, and was not pushed:\n" + "\n".join(f"  {p}" for p in problems)
        )
    api = huggingface_hub.HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, token=token)
    branch = revision or "main"
    with _told(repository):
        api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True)
        if revision is not None and revision != "main":
            api.create_branch(repository, branch=revision, repo_type="dataset", exist_ok=True)
        there = set(api.list_repo_files(repository, repo_type="dataset", revision=branch))
        earlier = _exported_before(api, repository, branch) if MANIFEST in there else set()
        data = tuple(f"{one}/" for one in DATA_FOLDERS)
        stale = sorted(name for name in there - set(names) if name in earlier or name.startswith(data))
        changes = list(_changes(api, repository, branch, local, names, stale, on_progress))
        url = ""
        for first in range(0, len(changes), COMMITTED_AT_A_TIME):
            on_progress(f"committing {min(first + COMMITTED_AT_A_TIME, len(changes)):,} of {len(changes):,} files")
            done = api.create_commit(
                repository,
                changes[first : first + COMMITTED_AT_A_TIME],
                commit_message=f"textmill push: {len(names):,} files",
                repo_type="dataset",
                revision=branch,
            )
            url = str(done.commit_url)
    return Pushed(repository=repository, revision=branch, files=len(names), removed_files=len(stale), url=url)


def _files(folder: Path, manifest: Mapping[str, Any], folders: Sequence[str] | None) -> list[str]:
    """Names of the files to publish; what says that the data are complete comes last."""
    there = [name for name in DATA_FOLDERS if manifest.get(name)]
    if folders is not None and not folders:
        raise InputError(f"no folder to publish is named; {folder} has {', '.join(there) or 'none'}")
    if folders is not None and (wrong := [name for name in folders if name not in there]):
        raise InputError(f"{folder} has no folder {wrong[0]!r}; it has {', '.join(there) or 'none'}")
    wanted = [name for name in there if name in (PUBLISHED if folders is None else folders)]
    names = [f"{name}/{file['name']}" for name in wanted for file in manifest[name]]
    names += [str(file["name"]) for file in manifest.get("files", ())]
    beside = [path.name for path in sorted(folder.iterdir()) if path.is_file() and OWN_FILES.fullmatch(path.name)]
    described = [*([REPORT] if "removed" in wanted else []), CROISSANT, DATA_CARD, MANIFEST]
    return [*names, *beside, *(name for name in described if (folder / name).is_file())]


def _exported_before(api: HfApi, repository: str, branch: str) -> set[str]:
    """Data files of an export that the repository holds, which lie in no folder of data."""
    with tempfile.TemporaryDirectory(prefix="textmill-") as scratch:
        path = api.hf_hub_download(repository, MANIFEST, repo_type="dataset", revision=branch, local_dir=scratch)
        try:
            return {str(file["name"]) for file in json.loads(Path(path).read_bytes()).get("files", ())}
        except (ValueError, AttributeError, TypeError, KeyError):  # it is no manifest of ours
            return set()


def _changes(
    api: HfApi,
    repository: str,
    branch: str,
    folder: Path,
    names: Sequence[str],
    stale: Sequence[str],
    on_progress: Callable[[str], None],
) -> Iterator[CommitOperationAdd | CommitOperationDelete]:
    """What the repository is to be told, once the data have been sent."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    for first in range(0, len(names), UPLOADED_AT_A_TIME):
        part = names[first : first + UPLOADED_AT_A_TIME]
        additions = [CommitOperationAdd(path_in_repo=name, path_or_fileobj=folder / name) for name in part]
        api.preupload_lfs_files(
            repository, additions, repo_type="dataset", revision=branch, free_memory=False, num_threads=4
        )
        on_progress(f"{first + len(part):,} of {len(names):,} files are there")
        if first + len(part) == len(names):  # in the same commit as the description of what is there now
            yield from (CommitOperationDelete(path_in_repo=name) for name in stale)
        yield from additions


@contextmanager
def _told(repository: str) -> Iterator[None]:
    """Errors of the library come out of the block as ours."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    again = "; give the same command again: what has arrived is not sent twice"
    try:
        yield
    except OfflineModeIsEnabled as error:
        raise InputError("push needs the network, but HF_HUB_OFFLINE is set") from error
    except HFValidationError as error:
        raise InputError(f"cannot push to {repository}: {error}") from error
    except HfHubHTTPError as error:
        status = getattr(error.response, "status_code", None)
        said = " ".join(str(error.server_message or error).split())
        if status in (401, 403):
            raise InputError(f"cannot push to {repository}: {said}; give a token that may write there") from error
        raise TextmillError(f"cannot push to {repository}: {said}{again}") from error
    except (OSError, RuntimeError, ValueError) as error:
        said = " ".join(f"{error} {error.__cause__ or ''}".split())
        raise TextmillError(f"cannot push to {repository}: {said}{again}") from error
    except Exception as error:  # of the library's HTTP client, which is one or another
        if not type(error).__module__.startswith(HTTP_CLIENTS):
            raise
        raise TextmillError(f"cannot push to {repository}: {' '.join(str(error).split())}{again}") from error
