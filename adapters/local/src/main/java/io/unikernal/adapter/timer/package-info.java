/** Messages at times: every so often, or by cron. */
@NullMarked
package io.unikernal.adapter.timer;

import org.jspecify.annotations.NullMarked;
