package io.lamella.gateway.message;

import com.google.protobuf.Any;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/// Checks how many fields a message has before it is parsed. Each field becomes an object, also one
/// that is not known: a message of 16 MiB, which compresses to 16 KiB, may be 8 million empty
/// fields and take more than a gigabyte.
public final class MessageFields {
  /// More than any real request has.
  public static final int MAX = 100_000;

  private static final int MAX_DEPTH = 100;

  private MessageFields() {}

  /// @return how many there are
  /// @throws InvalidProtocolBufferException where the bytes are no message, or have too many fields
  public static int check(Descriptor type, byte[] message) throws InvalidProtocolBufferException {
    try {
      return MAX - count(CodedInputStream.newInstance(message), type, MAX, MAX_DEPTH);
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  /// @param left fields that there may be
  /// @return those that there may be after this message
  private static int count(CodedInputStream in, Descriptor type, int left, int depth)
      throws IOException {
    if (depth == 0) {
      throw new InvalidProtocolBufferException("it is nested more than " + MAX_DEPTH + " deep");
    }
    int more = left;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      more--;
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      switch (WireFormat.getTagWireType(tag)) {
        case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
          int length = in.readRawVarint32();
          int end = in.pushLimit(length);
          if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            more = count(in, field.getMessageType(), more, depth - 1);
          } else {
            more -= field == null ? 0 : inside(field, length);
            in.skipRawBytes(length);
          }
          in.popLimit(end);
        }
        case WireFormat.WIRETYPE_START_GROUP, WireFormat.WIRETYPE_END_GROUP ->
            throw new InvalidProtocolBufferException("it has a group");
        default -> in.skipField(tag);
      }
      if (more < 0) {
        throw new InvalidProtocolBufferException("it has more than " + MAX + " fields");
      }
    }
    return more;
  }

  /// Fields that the bytes of a field may be. Those of an `Any` are a message of their own, whose
  /// fields have at least two bytes each.
  private static int inside(FieldDescriptor field, int length) {
    if (field.isPackable()) {
      return length;
    }
    return field.getContainingType().equals(Any.getDescriptor())
            && field.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING
        ? length / 2
        : 0;
  }
}
