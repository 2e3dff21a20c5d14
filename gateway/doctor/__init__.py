"""``gateway doctor``: what keeps one agency from answering, and who mends it."""
