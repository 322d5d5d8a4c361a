/** The composition root: adapters found, a definition compiled and run, the control socket. */
@NullMarked
package io.unikernal.server;

import org.jspecify.annotations.NullMarked;
