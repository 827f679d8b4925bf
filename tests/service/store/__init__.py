"""What the record promises, on SQLite and on PostgreSQL."""
