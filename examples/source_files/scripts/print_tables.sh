#!/bin/sh
# Print the tables of a folder, one after the other, with their names.
set -eu

folder=${1:-tables}
for table in "$folder"/*.txt; do
    [ -e "$table" ] || { echo "no tables in $folder" >&2; exit 1; }
    printf '== %s ==\n' "$(basename "$table" .txt)"
    grep -v '^#' "$table"
done
