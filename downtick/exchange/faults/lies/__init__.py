"""What `wrong_data` may tell instead of the truth."""
