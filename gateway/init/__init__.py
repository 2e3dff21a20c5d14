"""Make the folder of a new installation."""
