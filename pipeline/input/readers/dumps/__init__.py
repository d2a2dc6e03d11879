"""What sites and programs give out: wikis, threads, mail, notebooks, papers, subtitles."""
