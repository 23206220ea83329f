-- finding: role-predefined role pg_read_all_stats
GRANT pg_read_all_stats TO "alice@example.com";
-- leak as alice@example.com
SELECT query FROM pg_stat_activity WHERE usename = 'postgres' AND query <> '<insufficient privilege>';
