"""The checks behind a certificate as data: each with its result and a code."""
