"""The conformance kit: ask an agency as the gateway would, and say what is wrong.

``check.check_connector`` runs it; ``gateway connector check`` and a registration do
the same with it. Nothing here believes anything: what is right is decided by the code
that answers real questions (``connectors.agency``), and where that says no, the kit
looks closer to say what an agency has to do.
"""
