"""Say it first, test it once: declared hypotheses, their verdicts, and the power to reach one."""
