"""How customers feel, read from what they write: a linear head over offline embeddings and lexical features."""
