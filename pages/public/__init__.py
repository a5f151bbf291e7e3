"""pages.public"""
