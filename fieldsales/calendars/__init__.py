"""Days on which a rep does not work: public holidays, a territory's own days, leave."""
