"""The pictures of a report, drawn from released tables as SVG with real text: each wide for a page, narrow for a phone."""
