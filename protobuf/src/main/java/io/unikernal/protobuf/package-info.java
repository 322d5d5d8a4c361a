/** Values as Protobuf: messages of users by their descriptors, and {@code udm.proto}. */
@NullMarked
package io.unikernal.protobuf;

import org.jspecify.annotations.NullMarked;
