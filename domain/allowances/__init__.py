"""Who may spend what: holds of the server, allowances of tills, and what is left without either."""
