"""gateway verify: an envelope checked offline."""
