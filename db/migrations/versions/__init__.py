"""db.migrations.versions"""
