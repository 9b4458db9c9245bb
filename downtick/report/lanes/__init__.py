"""What a timeline is made of: one file for each thing that is drawn over time."""
