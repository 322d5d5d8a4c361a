@NullMarked
package io.unikernal.server;

import org.jspecify.annotations.NullMarked;
