/** HTTP both ways: {@code type: http} with {@code listen} serves, with {@code url} calls. */
@NullMarked
package io.unikernal.adapter.http;

import org.jspecify.annotations.NullMarked;
