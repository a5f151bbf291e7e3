"""pages.organiser"""
