"""The bureau's duties: who may ask, and what was asked, sent, decided and paid."""
