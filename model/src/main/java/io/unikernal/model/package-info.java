/** UDM: values, types, messages and the Plan, with their JSON and CBOR codecs. No I/O. */
@NullMarked
package io.unikernal.model;

import org.jspecify.annotations.NullMarked;
