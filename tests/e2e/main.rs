//! End-to-end tests: the real binary, real plugin libraries, files in and out.
