//! Which networks are opened, which fit a slot, and what the card says.
