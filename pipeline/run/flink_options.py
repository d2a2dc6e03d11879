"""Options of Beam's Flink runner that its Python side does not know: declared, so that it passes them on in silence."""

from __future__ import annotations

from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

EXECUTION_MODES = ("PIPELINED", "PIPELINED_FORCED", "BATCH", "BATCH_FORCED")


class FlinkBatchOptions(PipelineOptions):  # type: ignore[misc]
    """Beam finds subclasses by itself."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument("--execution_mode_for_batch", choices=EXECUTION_MODES)
