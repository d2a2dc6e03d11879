"""Croissant metadata of an output folder: what data set hubs and loaders read of its files and columns.

It is version 1.1 of the format of MLCommons, as the package ``mlcroissant`` reads it. Licence, creator and date of
publication are left to who publishes: a run does not know them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from ...version import __version__
from ..files.storage import join, write_atomically
from .data_card import describe, shard_glob

CROISSANT = "croissant.json"
FILES = "shards"

_CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_DESCRIPTIONS = {
    "doc_id": "Id of the document: a hash of its source and of its place there.",
    "text": "The cleaned text.",
    "source": "Label of the input, and the file below it.",
    "kind": "web, book, code or other.",
    "url": "Where it was published.",
    "metadata": "What its source says of it, as JSON.",
    "language": "Language as recognised, by its ISO code.",
    "language_score": "How sure the recognition is, from 0 to 1.",
    "cluster_size": "How many documents it stands for, itself among them, where duplicates were removed.",
    "repeats": "How often the document stands in the shards.",
    "input_ids": "Token ids.",
    "token_count": "Number of tokens.",
    "position_ids": "Place of each token in its document's run, from 0.",
    "cu_seqlens": "Where each document's run begins in the sequence, and the length of the sequence.",
    "license": "Licence, as the metadata name it.",
    "input_label": "Label of the input.",
}


def write_croissant(folder: str, manifest: Mapping[str, Any], schema: pa.Schema) -> str:
    """Write ``croissant.json`` into the output folder of a run and return its path."""
    return describe_files(
        folder,
        name=manifest["recipe"]["name"],
        description=describe(manifest),
        count=len(manifest["shards"]),
        glob=shard_glob(manifest),
        schema=schema,
        records="documents",
        key=None if "copies" in manifest["totals"] else "doc_id",
    )


def describe_files(
    folder: str, *, name: str, description: str, count: int, glob: str, schema: pa.Schema, records: str, key: str | None
) -> str:
    """Write ``croissant.json`` and return its path.

    Args:
        folder: Where the files lie.
        name: Of the data.
        description: A sentence on them.
        count: How many files there are.
        glob: Which they are.
        schema: Their columns; lists of records are left out, as the format's readers do not take them from Parquet.
        records: What a row is, in the plural.
        key: The column that tells rows apart, if there is one.
    """
    path = join(folder, CROISSANT)
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": " ".join(name.split()),
        "description": description,
        "keywords": ["text", "pretraining", f"textmill {__version__}"],
        "distribution": [
            {
                "@type": "cr:FileSet",
                "@id": FILES,
                "name": FILES,
                "description": f"The {records}, in {count:,} Parquet file{'' if count == 1 else 's'}.",
                "encodingFormat": "application/x-parquet",
                "includes": glob,
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": records,
                "name": records,
                **({} if key is None else {"key": {"@id": f"{records}/{key}"}}),
                "field": list(_fields(schema, records)),
            }
        ],
    }
    with write_atomically(path) as sink:
        sink.write(json.dumps(described, indent=1, ensure_ascii=False).encode() + b"\n")
    return path


def _fields(schema: pa.Schema, records: str) -> Iterator[dict[str, Any]]:
    for column in schema:
        is_list = pa.types.is_list(column.type)
        if is_list and pa.types.is_struct(column.type.value_type):
            continue
        yield {
            "@type": "cr:Field",
            "@id": f"{records}/{column.name}",
            "name": column.name,
            "description": _DESCRIPTIONS.get(column.name, f"The measurement {column.name} of the recipe."),
            "dataType": _data_type(column.type.value_type if is_list else column.type),
            **({"isArray": True, "arrayShape": "-1"} if is_list else {}),
            "source": {"fileSet": {"@id": FILES}, "extract": {"column": column.name}},
        }


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return f"cr:{'UInt' if pa.types.is_unsigned_integer(kind) else 'Int'}{kind.bit_width}"
    if pa.types.is_floating(kind):
        return f"cr:Float{kind.bit_width}"
    return "sc:Text"
