"""The notice in code: catalogue, identity, standing and eligibility; no I/O."""
