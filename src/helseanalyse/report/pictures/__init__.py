"""The pictures of a report, drawn from released tables: SVG with real text, wide for a page and narrow for a phone."""
