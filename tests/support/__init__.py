"""What tests stand on: a real PostgreSQL and a real engine, started and stopped by the test run."""
