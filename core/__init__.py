"""What Glas knows: no Streamlit, no HTTP, no wording."""
