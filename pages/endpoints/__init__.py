"""Plain HTTP beside the pages: routes and middleware."""
