"""Personal data: masks on what is shown, pseudonyms in what is kept."""
