"""Parameters of deduplicators that know what earlier runs have seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...errors import RecipeError
from .step import Deduplicator


@dataclass(frozen=True, kw_only=True)
class Indexed(Deduplicator):
    """A deduplicator that can write down which keys it has seen, and leave out what is in such an index.

    An index holds every key of the documents that reached the step, kept or not, 8 or 16 bytes each, and no text. It
    belongs to the parameters that decide the keys; one made with others is refused before anything is read. What has
    several keys (MinHash) is compared when it shares one.

    Args:
        against: Folders of indexes: what was seen there counts as seen before the first document of this run.
        write_index: Folder to write the index of this run to.
    """

    key_width: ClassVar[int] = 1
    """64-bit words in a key."""

    against: str | tuple[str, ...] = ()
    write_index: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        given = (self.against,) if isinstance(self.against, str) else self.against
        object.__setattr__(self, "against", tuple(str(folder) for folder in given))
        if self.write_index is not None:
            object.__setattr__(self, "write_index", str(self.write_index))
        if self.write_index in self.indexes:
            raise RecipeError(f"{self.name}: {self.write_index} is to be read and written; write to another folder")

    @property
    def indexes(self) -> tuple[str, ...]:
        """The folders of ``against``."""
        return (self.against,) if isinstance(self.against, str) else self.against

    @property
    def has_index(self) -> bool:
        """Whether an index is read or written."""
        return bool(self.indexes) or self.write_index is not None

    @property
    def kept_evidence(self) -> str | None:
        """What an index keeps of its documents beside keys, to compare others with."""
        return None

    @property
    def index_width(self) -> int:
        """64-bit words of a key in an index, with the row behind it where documents are compared."""
        return self.key_width + (self.kept_evidence is not None)

    def key_parameters(self) -> Mapping[str, Any]:
        """The parameters on which keys depend."""
        return {}
