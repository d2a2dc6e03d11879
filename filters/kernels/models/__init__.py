"""Prediction by fastText models."""
