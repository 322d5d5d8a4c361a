/** Files in one folder: append, write, read, list, watch. */
@NullMarked
package io.unikernal.adapter.file;

import org.jspecify.annotations.NullMarked;
