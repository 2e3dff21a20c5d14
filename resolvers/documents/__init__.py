"""What is done with a document before it runs: trusted, parsed, limited, validated."""
