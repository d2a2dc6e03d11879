"""Whole documents: keys and signatures, candidate pairs, their verification, clusters."""
