/** SQLite and PostgreSQL: one implementation, one dialect each. */
@NullMarked
package io.unikernal.adapter.sql;

import org.jspecify.annotations.NullMarked;
