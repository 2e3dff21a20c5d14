"""What the notice says: catalogue, identity, standing and eligibility; no I/O."""
