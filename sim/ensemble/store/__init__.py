"""Keeping: a folder of Parquet parts that only ever grows."""
