"""pages.resident"""
