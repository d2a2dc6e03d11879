"""Other stores than the local disk, by fsspec: which library opens which URI, with which options, tried how often."""

from __future__ import annotations

import importlib
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

from ...errors import InputError, TextmillError

SCHEME_SEPARATOR = "://"
EXTRAS = {
    "s3": "s3",
    "s3a": "s3",
    "gs": "gcs",
    "gcs": "gcs",
    "az": "azure",
    "abfs": "azure",
    "abfss": "azure",
    "hf": "hf",
    "http": "http",
    "https": "http",
}
"""What installs the library of a scheme, as in ``textmill[s3]``."""
KNOWN = "a local path, or one of s3://, gs://, az://, hdfs://, hf:// and https://"
ALIASES = {"abfss": "abfs"}
"""What fsspec knows only when a library has told it."""
READ_ONLY = frozenset({"http", "https"})
COMPLETE = frozenset({"s3", "gcs", "azure"})
"""Stores that publish an upload only when all the bytes announced for it have come."""
LIBRARIES = {
    "s3": "s3fs",
    "gcs": "gcsfs",
    "azure": "adlfs",
    "hf": "huggingface_hub",
    "http": "fsspec.implementations.http",
}
"""What is imported for the stores of an extra."""
NAMED_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
GRPC_OF_GCSFS = "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT"
"""Lets gcsfs ask another service what kind of bucket it is, by gRPC, which emulators have not, and no fork survives."""
RENAMING = frozenset({"hdfs", "webhdfs"})
"""Stores where a file grows under its name while it is written, but which can rename."""
FOLDER_REMOVING = RENAMING | {"hf"}
"""Stores that remove a folder by one request."""
BY_THREAD = frozenset({"hf"})
"""Stores whose library keeps what it works with in the object that stands for the store."""
OPTION_NAMES: Mapping[str, Mapping[str, str]] = {
    "s3": {"endpoint": "endpoint_url", "anonymous": "anon"},
    "gcs": {"endpoint": "endpoint_url"},
    "azure": {"endpoint": "account_host", "anonymous": "anon", "account": "account_name"},
    "hf": {},
    "http": {},
}
"""Options that are called the same for every store, and what its library calls them; others go to it as they are."""

WAITS_SECONDS = (0.1, 0.3, 1.0, 3.0, 6.0)
"""Between attempts; a store that asks to slow down, or breaks a connection off, is given this much time."""
LASTING = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)
"""What trying again does not mend, and what is a property of the file."""
GONE = (404, 410, 401, 403)
"""What web servers answer of a file that is not there or not open to us; fsspec takes all else for that as well."""
WRONG_USE = (ImportError, TypeError, ValueError, NotImplementedError)
CREDENTIALS = frozenset(
    {
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "DefaultCredentialsError",
        "RefreshError",
        "ClientAuthenticationError",
        "CredentialUnavailableError",
        "HttpAuthError",
    }
)
"""What libraries raise, by name, when they find no key or one that is not taken."""

StoreOptions = Mapping[str, Mapping[str, Any]]
Result = TypeVar("Result")

_options: dict[str, dict[str, Any]] = {}


def use_store_options(options: StoreOptions) -> None:
    """Open stores with these options from now on, by their extra's name (s3, gcs, azure, hf, http) or their scheme."""
    if options == _options:
        return
    _options.clear()
    _options.update({store: dict(given) for store, given in options.items()})
    _connect.cache_clear()


def store_options() -> dict[str, dict[str, Any]]:
    """The options in use, for processes elsewhere."""
    return {store: dict(given) for store, given in _options.items()}


def parse_store_options(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Read options as the command line gives them: ``s3.endpoint=http://127.0.0.1:9000``, ``gs.anonymous=true``.

    Raises:
        InputError: for one of another form.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        key, separator, value = text.partition("=")
        store, dot, name = key.partition(".")
        if not (separator and dot and store and name):
            raise InputError(f"write an option of a store as s3.endpoint=URL or gs.anonymous=true, not {text!r}")
        plain: Any = {"true": True, "false": False}.get(value.lower(), value)
        found.setdefault(EXTRAS.get(store, store), {})[name] = plain
    return found


def loaded_libraries() -> list[str]:
    """Which libraries of stores this process has needed."""
    return [name for name in LIBRARIES.values() if name in sys.modules]


def needed_libraries(texts: Iterable[str]) -> list[str]:
    """Which libraries the URIs in some arguments of a command will need."""
    schemes = {scheme.lower() for text in texts for scheme in NAMED_SCHEME.findall(text)}
    return sorted({LIBRARIES[EXTRAS[scheme]] for scheme in schemes if scheme in EXTRAS})


def load_libraries(names: Iterable[str]) -> None:
    """Import libraries of stores, once for all copies that will be made of this process."""
    os.environ.setdefault(GRPC_OF_GCSFS, "false")
    for name in names:
        with suppress(ImportError):  # reported by who needs it
            importlib.import_module(name)


def scheme_of(path: str) -> str:
    """The scheme of a URI of another store."""
    return path.partition(SCHEME_SEPARATOR)[0].lower()


def connect(path: str) -> tuple[Any, str]:
    """The file system of a URI, and the name of the file in it.

    Raises:
        InputError: for an unknown store, or one whose library is not installed.
    """
    scheme, _, name = path.partition(SCHEME_SEPARATOR)
    scheme = scheme.lower()
    thread = threading.get_ident() if scheme in BY_THREAD else 0
    system = _connect(os.getpid(), thread, scheme, name.partition("/")[0])
    return system, str(system._strip_protocol(path))


def uri_below(folder: str, folder_name: str, name: str) -> str:
    """The URI of a file that was found below a folder."""
    return f"{folder.rstrip('/')}/{name[len(folder_name.rstrip('/')) :].lstrip('/')}"


def attempt(path: str, what: str, call: Callable[[], Result]) -> Result:
    """Ask a store, several times if it has to be.

    Raises:
        OSError: for a file that is not there or not open to us.
        TextmillError: when the store itself does not answer as it should: that says nothing about a file.
    """
    waits = WAITS_SECONDS[:2] if EXTRAS.get(scheme_of(path)) == "gcs" else WAITS_SECONDS  # gcsfs tries half a minute
    for wait in (*waits, None):
        try:
            return call()
        except TextmillError:
            raise
        except Exception as error:
            if isinstance(error, LASTING) and not _is_of_connection(error, path):
                raise
            blamed = error.__cause__ if isinstance(error, LASTING) and error.__cause__ else error
            said = f"{type(blamed).__name__}: {' '.join(str(blamed).split())}"
            if _is_of_credentials(error):
                raise InputError(f"cannot {what} {path}: {said}; see docs/stores.md for keys and profiles") from error
            if isinstance(error, WRONG_USE):
                raise TextmillError(f"cannot {what} {path}: {said}") from error
            if wait is None:
                raise TextmillError(
                    f"cannot {what} {path}: {said}; {len(waits) + 1} attempts failed. When the store answers, "
                    "give the same command with --resume"
                ) from error
            time.sleep(wait)
    raise AssertionError


def _is_of_connection(error: BaseException, path: str) -> bool:
    """Whether a web server did not answer for a file: fsspec takes that for a missing one as well."""
    if scheme_of(path) not in READ_ONLY or error.__cause__ is None:
        return False
    return getattr(error.__cause__, "status", None) not in GONE


def _is_of_credentials(error: BaseException | None) -> bool:
    while error is not None:
        if type(error).__name__ in CREDENTIALS:
            return True
        error = error.__cause__ or error.__context__
    return False


@cache
def _connect(_process: int, _thread: int, scheme: str, authority: str) -> Any:
    """One file system for each process, scheme and bucket, and for some each thread: threads do not outlive a fork."""
    import fsspec

    uri = f"{scheme}{SCHEME_SEPARATOR}{authority}"
    extra = EXTRAS.get(scheme)
    os.environ.setdefault(GRPC_OF_GCSFS, "false")
    try:
        kind = fsspec.get_filesystem_class(ALIASES.get(scheme, scheme))
        if extra == "gcs":
            kind = importlib.import_module("gcsfs.core").GCSFileSystem
        elif extra == "hf":
            kind = importlib.import_module(f"{__package__}.hub").HubFileSystem
    except ImportError as error:
        if extra is None:
            raise InputError(f"cannot open {uri}: {error}") from error
        raise InputError(f"{scheme}:// needs a library: pip install 'textmill[{extra}]' ({error})") from error
    except ValueError as error:
        raise InputError(f"cannot open {uri}: give {KNOWN}") from error
    given = _options.get(extra or scheme, {})
    named = {OPTION_NAMES.get(extra or "", {}).get(name, name): value for name, value in given.items()}
    arguments = {**kind._get_kwargs_from_urls(uri), **_defaults(extra), **named}
    if extra == "gcs" and arguments.pop("anonymous", False):
        arguments["token"] = "anon"
    try:
        return kind(**arguments, skip_instance_cache=True)
    except Exception as error:
        raise InputError(f"cannot open {uri}: {type(error).__name__}: {error}; see docs/stores.md") from error


def _defaults(extra: str | None) -> dict[str, Any]:
    """Listings must not be remembered, since other processes write; trying again is up to :func:`attempt`."""
    if extra == "s3":
        configured = {"retries": {"max_attempts": 1}, "max_pool_connections": 32}
        return {"use_listings_cache": False, "config_kwargs": configured}
    return {} if extra is None else {"use_listings_cache": False}
