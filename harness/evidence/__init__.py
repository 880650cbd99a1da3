"""What a run leaves behind: the journal, the bundle, its signature and its inspection."""
