"""Tables that are checked, and a gateway that checks them."""
