"""What looks wrong though each cell is allowed: careless answers, records that contradict."""
