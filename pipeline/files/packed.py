"""Fields that travel packed: pickled once, and unpacked only where somebody asks for them."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, ClassVar

_PACKED = "_packed"


class TravelsPacked:
    """For dataclasses of which one field may hold thousands of objects while most rounds of a run only pass them on."""

    packed_field: ClassVar[str]

    def __getstate__(self) -> dict[str, Any]:
        """The field as bytes, as it stays until it is asked for."""
        state = dict(vars(self))
        if self.packed_field in state:
            state[_PACKED] = pickle.dumps(state.pop(self.packed_field), pickle.HIGHEST_PROTOCOL)
        return state

    if not TYPE_CHECKING:  # so that checkers do not take every name for one that exists

        def __getattr__(self, name: str) -> Any:
            """Unpack the field when it is first asked for."""
            if name != self.packed_field or _PACKED not in vars(self):
                raise AttributeError(name)
            vars(self)[name] = pickle.loads(vars(self).pop(_PACKED))
            return vars(self)[name]
