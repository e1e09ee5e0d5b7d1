"""The language of key policies: its words as data, and what each of them means."""
