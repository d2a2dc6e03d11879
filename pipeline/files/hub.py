"""Hugging Face's Hub by its library, without what that remembers, which other processes may have changed."""

from __future__ import annotations

import errno
import os
from typing import Any

from huggingface_hub import CommitOperationDelete, HfFileSystem, hf_hub_url
from huggingface_hub.errors import EntryNotFoundError, GatedRepoError
from huggingface_hub.utils import build_hf_headers, disable_progress_bars, hf_raise_for_status, http_backoff

BUCKETS = "buckets/"
"""What is no repository begins so."""
REMOVED_AT_ONCE = 1000


class HubFileSystem(HfFileSystem):  # type: ignore[misc]  # the library says nothing of types to fsspec
    """One for each thread; a file is looked at by one request, and read by one for each range."""

    def __init__(self, *args: Any, **options: Any) -> None:
        disable_progress_bars()
        super().__init__(*args, **options)

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        """What the Hub says of a file now; asked of a folder's listing, it would be slow in a large one."""
        self.dircache.clear()
        name = self._strip_protocol(path)
        by_itself = not name.startswith(BUCKETS) and bool(self.resolve_path(name).path_in_repo)
        found: dict[str, Any] = super().info(path, **{"expand_info": by_itself, **options})
        return found

    def find(self, path: str, **options: Any) -> Any:
        """What lies below a folder now."""
        self.dircache.clear()
        return super().find(path, **{"expand_info": False, **options})

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **options: Any) -> bytes:
        """The bytes from a place to another, and no more."""
        name = self._strip_protocol(path)
        if name.startswith(BUCKETS):
            whole: bytes = super().cat_file(path, start=start, end=end, **options)
            return whole
        place = self.resolve_path(name)
        headers = build_hf_headers(token=self.token)
        if start is not None and end is not None:
            headers["Range"] = f"bytes={start}-{end - 1}"
        url = self._url_of(place)
        answer = http_backoff("GET", url, headers=headers)
        try:
            hf_raise_for_status(answer)
        except EntryNotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
        except GatedRepoError as error:
            advice = "ask for access on the page of the data set, and set HF_TOKEN"
            raise PermissionError(errno.EACCES, advice, path) from error
        content: bytes = answer.content
        return content

    def rm(self, path: str, recursive: bool = False, **options: Any) -> None:
        """Remove files, a thousand by one commit."""
        name = self._strip_protocol(path)
        if name.startswith(BUCKETS):
            super().rm(path, recursive=recursive, **options)
            return
        place = self.resolve_path(name)
        inside = [self.resolve_path(found).path_in_repo for found in self.find(name)]
        for begin in range(0, len(inside), REMOVED_AT_ONCE):
            gone = [CommitOperationDelete(path_in_repo=it) for it in inside[begin : begin + REMOVED_AT_ONCE]]
            self._api.create_commit(
                repo_id=place.repo_id,
                repo_type=place.repo_type,
                revision=place.revision,
                operations=gone,
                commit_message=f"Delete {name}",
            )

    def _url_of(self, place: Any) -> str:
        return hf_hub_url(
            place.repo_id,
            place.path_in_repo,
            repo_type=place.repo_type,
            revision=place.revision,
            endpoint=self.endpoint,
        )
