"""The connections that clients have open here, and those that say nothing."""
