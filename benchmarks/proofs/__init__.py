"""The proofs of reliability: real runs that are killed, starved, damaged and misled, and what was lost by it."""
