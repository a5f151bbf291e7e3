"""db.migrations"""
