#!/bin/sh
# fastparquet 2026.9.0: what does it read where PyArrow 26.0.1 wrote numbers in half precision?
#
# A file's column of half precision has the format's logical type FLOAT16 over two bytes. It is read by fastparquet,
# PyArrow, Polars and DuckDB.
#
# Guess, written before running: fastparquet refuses the column by an error that names its type; the others read numbers.
#
# Seen: fastparquet gives a column of objects, each the two bytes as they lie in the file (b'\x00>' for 1.5), without a
# warning, and a comparison with a number is False in every row; the others give 1.5, 2.5 and 0.0999755859375.
#
# What follows: a filter on such a column finds nothing and says nothing. Tables that others are to read hold single
# precision at least, as this project's do.
set -eu
python="${PYTHON:-python3.11}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" \
  "fastparquet==2026.9.0" "pyarrow==26.0.1" "polars==2.1.0" "duckdb==2.0.1" "pandas==3.0.6" 2>/dev/null

cat > "$folder/read.py" <<'PY'
import duckdb
import fastparquet
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

pq.write_table(pa.table({"half": pa.array(np.array([1.5, 2.5, 0.1], np.float16))}), "half.parquet")
print("pyarrow", [float(value) for value in pq.read_table("half.parquet")["half"].to_pylist()])
print("polars", pl.read_parquet("half.parquet")["half"].cast(pl.Float64).to_list())
print("duckdb", [float(value) for (value,) in duckdb.sql("select half::double from 'half.parquet'").fetchall()])
read = fastparquet.ParquetFile("half.parquet").to_pandas()["half"]
print("fastparquet", read.dtype, read.tolist(), int((read == 1.5).sum()), "of 3 equal 1.5")
PY
cd "$folder"
seen="$("$python" read.py 2>&1)"
echo "$seen"
[ "$seen" = "pyarrow [1.5, 2.5, 0.0999755859375]
polars [1.5, 2.5, 0.0999755859375]
duckdb [1.5, 2.5, 0.0999755859375]
fastparquet object [b'\x00>', b'\x00A', b'f.'] 0 of 3 equal 1.5" ]
echo "as it was"
