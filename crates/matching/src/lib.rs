//! The same person, event and item recognised across institutions by keyed fingerprints. Pure.
