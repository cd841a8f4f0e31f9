"""The playground, the course and the reference as a folder of pages that compute in the browser."""
