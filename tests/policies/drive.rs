//! Networks in the loop.
