"""What several test modules share: payloads, mutations of them, and a second opinion."""
