/**
 * UDL-CEL: parsed and checked by dev.cel, lowered to our own IR, interpreted, and as bytecode once
 * a definition runs.
 *
 * <p>The way of an expression: {@code Compiler} asks {@code Paths} first (a path or a literal needs
 * no CEL), else {@code FrontEnd} (parser and checker), then {@code Lowering} to {@code Ir}, then
 * {@code Guards} for fields that may be absent; {@code Backend} runs it. {@code Functions} is the
 * one table of functions.
 *
 * <p>Where UDL-CEL is not CEL: a decimal type; integers widen to doubles and decimals; keys of maps
 * are texts, and a map whose keys are all written out is a record; no protobuf messages and no
 * types as values; {@code ==} of types that are never equal, and of an enum with a text it does not
 * have, is refused; a plain select of an optional field needs a guard before it; durations go to
 * 10,000 years.
 *
 * <p>Labels: what is computed from a labelled value is labelled. Booleans that a comparison or
 * predicate gives, {@code size}, {@code mask} and {@code hash} are not; which branch a labelled
 * condition took is not tracked.
 */
@NullMarked
package io.unikernal.expr;

import org.jspecify.annotations.NullMarked;
