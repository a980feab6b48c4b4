"""The models that Gesso trains: one folder each, each opening with its measured claim."""
