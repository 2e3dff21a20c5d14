"""Plans: an operation read once, and answered by functions written for it.

graphql-core looks at every field of every object anew: its type, its arguments, its
directives, its path. None of that changes between two executions of one operation, so
a plan has it written down as a Python function that makes the answer's dictionaries
directly. A plan covers questions whose root fields may wait and whose rest does not;
everything else is graphql-core's alone.

A plan knows the good case only. Whatever it meets beside that (an exception, a null
where none may be, a value of another type) is graphql-core's to judge: it is run over
the same results of the root fields, which are not asked for twice, and says what the
errors are and how far nulls spread. ``tests/resolvers/plans`` holds that both ways
give the same bytes for every document that Hypothesis can think of.
"""
