"""Scripts that write what the pages of the project show: tables and pictures."""
