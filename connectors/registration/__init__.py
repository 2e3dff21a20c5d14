"""Register, change and retire agencies and keys, with the approval of two people.

``registrar`` takes the steps, one transaction each; ``store`` says what it needs of a
database. Nothing here is GraphQL or a command: both come to the same steps.
"""
