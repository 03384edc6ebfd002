#!/bin/sh
# pandas 3.1.1, PyArrow 26.0.1, Polars 2.1.0, DuckDB 2.0.1: which runs of a Parquet table have a setting of 0.1?
#
# A column in single precision, as simulations write it, holds 0.1 and 0.5. It is asked for 0.1 in the ways that each
# library has: a comparison, a list of values, a filter while reading, a join, a parameter of SQL.
#
# Guess, written before running: comparisons find it, since NumPy 2 and Polars take the bare number in the column's
# precision and DuckDB reads 0.1 as a decimal; PyArrow's filter does not, since it compares in double precision, where a
# tenth in single precision is 0.10000000149. Of lists, joins and parameters no guess was made but "as the comparison".
#
# Seen (rows found): pandas == 1, query 1, isin 0, merge 0; read_parquet(filters=) 0; Polars == 1, is_in 0, SQL 1; DuckDB
# literal 1, IN (0.1) 1, parameter 0. So the guess was wrong for lists, joins and parameters: within three of the four
# libraries the same question has two answers, and none says anything.
#
# What follows: select runs by an identifier, not by the value of a setting; or keep settings in double precision; or ask
# for float(numpy.float32(0.1)), which every one of these ways finds.
set -eu
python="${PYTHON:-python3.13}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "pandas==3.1.1" "pyarrow==26.0.1" \
    "polars==2.1.0" "duckdb==2.0.1" "numpy==2.4.6"

cat > "$folder/tenth.py" <<'PY'
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

pq.write_table(pa.table({"x": pa.array([0.1, 0.5], type=pa.float32())}), "runs.parquet")
runs, frame = pd.read_parquet("runs.parquet"), pl.read_parquet("runs.parquet")
sql = "SELECT * FROM 'runs.parquet' WHERE x"


def found(tenth):
    return {
        "pandas ==": int((runs["x"] == tenth).sum()),
        "pandas isin": int(runs["x"].isin([tenth]).sum()),
        "pandas merge": len(runs.merge(pd.DataFrame({"x": [tenth]}))),
        "pandas filters=": len(pd.read_parquet("runs.parquet", filters=[("x", "==", tenth)])),
        "polars ==": len(frame.filter(pl.col("x") == tenth)),
        "polars is_in": len(frame.filter(pl.col("x").is_in([tenth]))),
        "duckdb parameter": len(duckdb.execute(f"{sql} = ?", [tenth]).fetchall()),
    }


bare = found(0.1)
bare["pandas query"] = len(runs.query("x == 0.1"))
bare["polars SQL"] = len(pl.SQLContext(t=frame).execute("SELECT * FROM t WHERE x = 0.1").collect())
bare["duckdb literal"] = len(duckdb.sql(f"{sql} = 0.1").fetchall())
bare["duckdb IN"] = len(duckdb.sql(f"{sql} IN (0.1)").fetchall())
print("found:", ", ".join(name for name, rows in bare.items() if rows))
print("not found:", ", ".join(name for name, rows in bare.items() if not rows))
print("of float(float32(0.1)):", *found(float(np.float32(0.1))).values())
PY
cd "$folder"
seen="$("$python" tenth.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "found: pandas ==, polars ==, pandas query, polars SQL, duckdb literal, duckdb IN
not found: pandas isin, pandas merge, pandas filters=, polars is_in, duckdb parameter
of float(float32(0.1)): 1 1 1 1 1 1 1" ]
echo "as it was"
