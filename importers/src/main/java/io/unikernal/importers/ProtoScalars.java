package io.unikernal.importers;

import io.unikernal.model.Type;
import java.util.Optional;

/** Scalars and well-known types of protobuf. */
final class ProtoScalars {
  private ProtoScalars() {}

  static Optional<Type> read(String name) {
    return switch (name) {
      case "double", "float" -> Optional.of(Type.Real.ANY_DOUBLE);
      case "int32", "sint32", "sfixed32" -> Optional.of(new Type.Int(Bounds.INT32));
      case "uint32", "fixed32" -> Optional.of(new Type.UInt(Bounds.UINT32));
      case "int64", "sint64", "sfixed64" -> Optional.of(Type.Int.ANY_INT);
      case "uint64", "fixed64" -> Optional.of(Type.UInt.ANY_UINT);
      case "bool" -> Optional.of(Type.Simple.BOOL);
      case "string" -> Optional.of(Type.Text.ANY_TEXT);
      case "bytes" -> Optional.of(Type.Bytes.ANY_BYTES);
      default -> Optional.empty();
    };
  }

  /** The wrappers are what stands for an optional scalar. */
  static Optional<Type> wellKnown(String name) {
    return switch (name) {
      case "google.protobuf.Timestamp" -> Optional.of(Type.Simple.TIMESTAMP);
      case "google.protobuf.Duration" -> Optional.of(Type.Simple.DURATION);
      case "google.protobuf.Any", "google.protobuf.Value" -> Optional.of(Type.Simple.ANY);
      case "google.protobuf.Struct" -> Optional.of(new Type.MapOf(Type.Simple.ANY));
      case "google.protobuf.ListValue" -> Optional.of(Type.ListOf.of(Type.Simple.ANY));
      case "google.protobuf.Empty" -> Optional.of(new Type.MapOf(Type.Simple.ANY));
      case "google.protobuf.NullValue" -> Optional.of(Type.Simple.NULL);
      case "google.protobuf.FieldMask" -> Optional.of(Type.Text.ANY_TEXT);
      case "google.protobuf.DoubleValue", "google.protobuf.FloatValue" -> maybe("double");
      case "google.protobuf.Int64Value" -> maybe("int64");
      case "google.protobuf.UInt64Value" -> maybe("uint64");
      case "google.protobuf.Int32Value" -> maybe("int32");
      case "google.protobuf.UInt32Value" -> maybe("uint32");
      case "google.protobuf.BoolValue" -> maybe("bool");
      case "google.protobuf.StringValue" -> maybe("string");
      case "google.protobuf.BytesValue" -> maybe("bytes");
      default -> Optional.empty();
    };
  }

  private static Optional<Type> maybe(String scalar) {
    return read(scalar).map(Type::maybe);
  }
}
