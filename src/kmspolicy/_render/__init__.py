"""Drawing: tables and differences for terminals and for notebooks."""
