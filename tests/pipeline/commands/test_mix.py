"""What ``textmill mix`` prints, to the letter; what it does is tested in ``pipeline/mixing``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill.pipeline.commands.mix import _progress, _summary, mix_sources

MIX = """
name: fables
tokens: 30
temperature: 1
sources:
  long näme: {folder}/a
  b: {{path: {folder}/b, where: "token_count < 9"}}
weights: {{long näme: 0.75, b: 0.25}}
packing: {{method: concat, length: 8, eos: 1}}
held_out: {{share: 0.25}}
stages:
  - {{name: first, share: 0.5}}
  - {{name: then, share: 0.5, weights: {{b: 1, long näme: 0}}}}
"""


def sources(folder: Path) -> Path:
    for name in ("a", "b"):
        (folder / name).mkdir()
        rows = [
            {
                "doc_id": f"{name}{n}",
                "input_ids": [5] * (8 + n % 2),
                "token_count": 8 + n % 2,
                "language": "en" if n % 3 else None,
            }
            for n in range(12)
        ]
        pq.write_table(pa.Table.from_pylist(rows), folder / name / "part-0.parquet")
    (folder / "mix.yaml").write_text(MIX.format(folder=folder))
    return folder / "mix.yaml"


PLAN = [
    "fables: 30 tokens",
    "  source       share  wanted  there  epochs  filtered  held out  left over",
    "  long näme  36.667%      11    114   0.096         0         0        103",
    "  b          63.333%      19     36   0.528        60        18         17",
    "languages",
    "  source     language  wanted  there  epochs",
    "  long näme   unknown       4     38   0.105",
    "  long näme        en       7     76   0.092",
    "  b           unknown       5      9   0.556",
    "  b                en      14     27   0.519",
    "stages",
    "  stage  tokens  long näme         b",
    "  first      15    73.333%   26.667%",
    "  then       15     0.000%  100.000%",
    "packing: concat, 8 tokens; 3 shards",
]


def test_the_plan_and_what_came_of_it_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, output = str(sources(tmp_path)), str(tmp_path / "out")
    told = mix_sources(path, output, workers=1, plan_only=False, quiet=False, as_json=False)
    assert capsys.readouterr() == (
        "\n".join(
            [
                *PLAN,
                f"{output}: 4 rows, 30 tokens of 8 pieces of documents",
                "concat: 1 cuts, 0.0000% padding",
                "held out: 18 tokens",
                "",
            ]
        ),
        "",
    )
    assert told["output"] == output
    assert {name: told[name] for name in ("rows", "tokens", "documents", "cuts", "padding", "held_out_tokens")} == {
        **{"rows": 4, "tokens": 30, "documents": 8, "cuts": 1, "padding": 0, "held_out_tokens": 18}
    }
    told_as_json = mix_sources(path, f"{output}ü", workers=1, plan_only=False, quiet=False, as_json=True)
    written = capsys.readouterr().out
    assert told_as_json == json.loads(written) == told | {"output": f"{output}ü"}
    assert "ü" in written
    assert mix_sources(path, f"{output}3", workers=1, plan_only=False, quiet=True, as_json=False) == (
        told | {"output": f"{output}3"}
    )
    assert capsys.readouterr() == ("", "")


def test_the_plan_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, output = str(sources(tmp_path)), tmp_path / "out"
    told = mix_sources(path, str(output), workers=1, plan_only=True, quiet=False, as_json=False)
    assert capsys.readouterr().out.splitlines() == PLAN
    assert told["tokens"] == 30
    assert mix_sources(path, None, workers=1, plan_only=True, quiet=True, as_json=True) == told
    written = capsys.readouterr().out
    assert json.loads(written) == told
    assert "long näme" in written
    assert mix_sources(path, None, workers=1, plan_only=True, quiet=True, as_json=False) == told
    assert capsys.readouterr().out == ""
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "b", "mix.yaml"]


def test_without_stages_languages_or_packing_there_are_no_lines_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources(tmp_path)
    path = tmp_path / "plain.yaml"
    path.write_text(f"name: plain\nsources: {{a: {tmp_path}/a}}\ntokens: 20\n")
    mix_sources(str(path), str(tmp_path / "out"), workers=1, plan_only=False, quiet=False, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "plain: 20 tokens",
        "  source     share  wanted  there  epochs  filtered  held out  left over",
        "  a       100.000%      20    102   0.196         0         0         82",
        "packing: none, one document in a row; 1 shard",
        f"{tmp_path}/out: 3 rows, 20 tokens of 3 pieces of documents",
    ]


def test_padding_is_told_as_a_share() -> None:
    totals = {"tokens": 3, "documents": 1200, "rows": 1500, "cuts": 2500, "padding": 1, "held_out_tokens": 0}
    manifest: dict[str, Any] = {"totals": totals, "mix": {"packing": {"method": "best_fit"}}}
    assert list(_summary("out", manifest)) == [
        "out: 1,500 rows, 3 tokens of 1,200 pieces of documents",
        "best_fit: 2,500 cuts, 25.0000% padding",
    ]
    nothing = {"totals": dict.fromkeys(totals, 0), "mix": manifest["mix"]}
    assert list(_summary("out", nothing))[1] == "best_fit: 0 cuts, 0.0000% padding"


def test_progress_stands_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    _progress("1 of 2")
    assert capsys.readouterr() == ("", "\r1 of 2" + " " * 34)
