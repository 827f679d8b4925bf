"""How fast Assent is, beside the same thing done bare on the same machine in the same run."""
