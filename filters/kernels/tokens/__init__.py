"""Token ids of many documents: copied into another order, and fitted into sequences of one length."""
