"""What Python does in the browser: each question of a page is one function, which runs on any machine just the same."""
