"""Benchmarks: what Glas costs, compared in the same run with the smallest Streamlit app on the same options."""
