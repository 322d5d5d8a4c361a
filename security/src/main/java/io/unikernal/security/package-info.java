/** Ways to prove who one is. Only the providers are public, and what makes a key. */
@NullMarked
package io.unikernal.security;

import org.jspecify.annotations.NullMarked;
