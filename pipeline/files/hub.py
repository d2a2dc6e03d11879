"""Hugging Face's Hub by its library, without what that remembers, which other processes may have changed."""

from __future__ import annotations

import errno
import os
from typing import Any

import huggingface_hub.utils
from huggingface_hub import CommitOperationDelete, HfFileSystem, hf_hub_url
from huggingface_hub.errors import EntryNotFoundError, GatedRepoError

utils: Any = huggingface_hub.utils
"""Type checkers do not see what it exports."""
BUCKETS = "buckets/"
"""What is no repository begins so."""
REMOVED_AT_ONCE = 1000


class HubFileSystem(HfFileSystem):
    """One for each thread; a file is looked at by one request, and read by one for each range."""

    def __init__(self, *args: Any, **options: Any) -> None:
        utils.disable_progress_bars()
        super().__init__(*args, **options)

    def info(self, path: str, refresh: bool = False, revision: str | None = None, **options: Any) -> dict[str, Any]:
        """What the Hub says of a file now; asked of a folder's listing, it would be slow in a large one."""
        self.dircache.clear()
        name = self._strip_protocol(path)
        place: Any = self.resolve_path(name)
        by_itself = not name.startswith(BUCKETS) and bool(place.path_in_repo)
        found: dict[str, Any] = super().info(path, refresh, revision, **{"expand_info": by_itself, **options})
        return found

    def find(
        self,
        path: str,
        maxdepth: int | None = None,
        withdirs: bool = False,
        detail: bool = False,
        refresh: bool = False,
        revision: str | None = None,
        **options: Any,
    ) -> list[str] | dict[str, dict[str, Any]]:
        """What lies below a folder now."""
        self.dircache.clear()
        given = {"expand_info": False, **options}
        found: list[str] | dict[str, dict[str, Any]] = super().find(
            path, maxdepth, withdirs, detail, refresh, revision, **given
        )
        return found

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **options: Any) -> bytes:
        """The bytes from a place to another, and no more."""
        name = self._strip_protocol(path)
        if name.startswith(BUCKETS):
            whole: bytes = super().cat_file(path, start=start, end=end, **options)
            return whole
        place: Any = self.resolve_path(name)
        headers = utils.build_hf_headers(token=self.token)
        if start is not None and end is not None:
            headers["Range"] = f"bytes={start}-{end - 1}"
        url = hf_hub_url(
            place.repo_id,
            place.path_in_repo,
            repo_type=place.repo_type,
            revision=place.revision,
            endpoint=self.endpoint,
        )
        answer = utils.http_backoff("GET", url, headers=headers)
        try:
            utils.hf_raise_for_status(answer)
        except EntryNotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
        except GatedRepoError as error:
            advice = "ask for access on the page of the data set, and set HF_TOKEN"
            raise PermissionError(errno.EACCES, advice, path) from error
        content: bytes = answer.content
        return content

    def rm(
        self,
        path: str,
        recursive: bool = False,
        maxdepth: int | None = None,
        revision: str | None = None,
        **options: Any,
    ) -> None:
        """Remove files, a thousand by one commit."""
        name = self._strip_protocol(path)
        if name.startswith(BUCKETS):
            super().rm(path, recursive, maxdepth, revision, **options)
            return
        place: Any = self.resolve_path(name)
        found: list[Any] = [self.resolve_path(it) for it in self.find(name)]
        inside = [it.path_in_repo for it in found]
        for begin in range(0, len(inside), REMOVED_AT_ONCE):
            gone = [CommitOperationDelete(path_in_repo=it) for it in inside[begin : begin + REMOVED_AT_ONCE]]
            self._api.create_commit(
                repo_id=place.repo_id,
                repo_type=place.repo_type,
                revision=place.revision,
                operations=gone,
                commit_message=f"Delete {name}",
            )
