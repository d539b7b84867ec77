//! Verification, and later the benchmark, statistics and reports.
