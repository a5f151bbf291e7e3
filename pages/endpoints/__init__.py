"""pages.server"""
