"""The pages, the forms and the JSON interface: the only code that knows HTTP."""
