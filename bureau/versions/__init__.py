"""No decision on an older version: agencies held against each other and the past."""
