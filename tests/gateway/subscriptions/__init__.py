"""Who follows events, and a gateway that sends them."""
