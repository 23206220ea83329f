/** What is Amazon's of an RDS or Aurora PostgreSQL with IAM database authentication. */
@NullMarked
package dev.onbehalf.rds;

import org.jspecify.annotations.NullMarked;
