"""Tables event x rule x test and code x test, kept true by what tests really saw while they ran."""
