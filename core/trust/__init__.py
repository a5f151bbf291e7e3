"""What makes the vote trustworthy: keys outside the database and slots without a name."""
